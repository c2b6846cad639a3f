import { readFileSync } from 'node:fs'
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureVersion,
} from 'node:tls'
import type { ClientTls } from './tls-config.ts'

/** What `tls.connect` needs to know. */
export interface TlsOptions {
  readonly secureContext: SecureContext
  readonly rejectUnauthorized: boolean
  readonly servername?: string
}

/**
 * Loads certificates, once: parsing the system's authorities takes milliseconds, too long for each
 * connection.
 *
 * @throws when a file cannot be read or holds no certificate or key
 */
export function tlsOptions(tls: ClientTls): TlsOptions {
  const ca = tls.ca_pem ?? readPem('ca_file', tls.ca_file)
  const cert = tls.cert_pem ?? readPem('cert_file', tls.cert_file)
  const key = tls.key_pem?.reveal() ?? readPem('key_file', tls.key_file)
  const withSystem = ca === undefined || tls.include_system_ca_certs_pool
  const authorities = [...(withSystem ? systemAuthorities() : []), ...(ca ? [ca] : [])]
  try {
    return {
      secureContext: createSecureContext({
        ca: authorities,
        minVersion: nodeVersion(tls.min_version),
        ...(tls.max_version ? { maxVersion: nodeVersion(tls.max_version) } : {}),
        ...(cert ? { cert } : {}),
        ...(key ? { key } : {}),
      }),
      rejectUnauthorized: !tls.insecure_skip_verify,
      ...(tls.server_name_override ? { servername: tls.server_name_override } : {}),
    }
  } catch (cause) {
    throw new Error(`cannot use the certificates in tls: ${reasonOf(cause)}`, { cause })
  }
}

/** Node trusts its own list unless told otherwise; collectors trust the system's, so both count. */
function systemAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])]
}

function readPem(key: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`cannot read tls.${key}: ${reasonOf(cause)}`, { cause })
  }
}

function nodeVersion(version: '1.2' | '1.3'): SecureVersion {
  return version === '1.2' ? 'TLSv1.2' : 'TLSv1.3'
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
