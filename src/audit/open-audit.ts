import { join } from 'node:path'
import { nodeFileSystem } from '../storage/file-system.ts'
import { AuditLog, type AuditLogOptions } from './audit-log.ts'

/** Where the audit log lies in a storage directory. */
export function auditDirectory(storageDirectory: string): string {
  return join(storageDirectory, 'audit')
}

/** Opens the audit log of a storage directory, which this process must own. */
export function openAudit(
  storageDirectory: string,
  options: Pick<AuditLogOptions, 'now' | 'log'> & Partial<AuditLogOptions>,
): Promise<AuditLog> {
  return AuditLog.open({
    files: nodeFileSystem,
    directory: auditDirectory(storageDirectory),
    ...options,
  })
}
