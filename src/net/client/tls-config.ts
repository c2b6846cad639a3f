import { z } from 'zod'
import { comesLater, secret } from '../../config/fields.ts'

/** TLS versions as otelcol writes them, oldest first. */
const versions = ['1.2', '1.3'] as const

const version = () =>
  z.enum(versions, { error: 'must be "1.2" or "1.3", in quotes; older versions are not safe' })

/** The `tls` block of an exporter, with otelcol's keys. */
export function clientTls() {
  return z
    .strictObject({
      insecure: z
        .boolean()
        .default(false)
        .describe('Plaintext, unless the scheme of the endpoint says what it is.'),
      insecure_skip_verify: z
        .boolean()
        .default(false)
        .describe('Whether the server may show any certificate. Warned about once.'),
      server_name_override: z
        .string()
        .min(1)
        .optional()
        .describe('Name to look for in the certificate, where it is not the host of the URL.'),
      ca_file: z
        .string()
        .min(1)
        .optional()
        .describe('Authorities to trust, instead of those of the system.'),
      ca_pem: z.string().min(1).optional().describe('The same, written here.'),
      include_system_ca_certs_pool: z
        .boolean()
        .default(false)
        .describe('Whether the authorities of the system are trusted beside the given ones.'),
      cert_file: z.string().min(1).optional().describe('Our certificate, for mutual TLS.'),
      cert_pem: z.string().min(1).optional().describe('The same, written here.'),
      key_file: z.string().min(1).optional().describe('The key of our certificate.'),
      key_pem: secret().optional().describe('The same, written here.'),
      min_version: version().default('1.2').describe('Oldest TLS version accepted.'),
      max_version: version().optional().describe('Newest TLS version accepted.'),
      cipher_suites: comesLater('the safe ones of Node are used'),
      curve_preferences: comesLater('those of Node are used'),
      reload_interval: comesLater('restart after a certificate has changed'),
      tpm: comesLater('use key_file'),
    })
    .superRefine((it, context) => {
      const problem = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message })
      if (it.ca_file && it.ca_pem) problem('ca_pem', 'write either ca_file or ca_pem')
      if (it.cert_file && it.cert_pem) problem('cert_pem', 'write either cert_file or cert_pem')
      if (it.key_file && it.key_pem) problem('key_pem', 'write either key_file or key_pem')
      const hasCert = it.cert_file !== undefined || it.cert_pem !== undefined
      const hasKey = it.key_file !== undefined || it.key_pem !== undefined
      if (hasCert && !hasKey) problem('key_file', 'is missing: a certificate needs its key')
      if (hasKey && !hasCert) problem('cert_file', 'is missing: a key needs its certificate')
      if (it.max_version && versions.indexOf(it.min_version) > versions.indexOf(it.max_version)) {
        problem('min_version', 'must not be later than max_version')
      }
    })
    .prefault({})
    .describe('How `https://` endpoints are checked.')
}

export type ClientTls = z.output<ReturnType<typeof clientTls>>
