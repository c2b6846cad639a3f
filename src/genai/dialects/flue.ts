import type { Dialect } from '../dialect.ts'

/** Flue, where a task is work that an agent hands to another. */
export const flue: Dialect = {
  name: 'flue',
  source: 'langfuse/langfuse: packages/shared/src/server/otel',
  scopes: ['@flue/opentelemetry'],
  marks: ['flue.agent.name', 'flue.operation.id', 'flue.turn.id', 'flue.task.id'],
  spanNames: [
    { name: 'flue.task', operation: 'delegation', isDecisive: true },
    { name: 'flue.tool', operation: 'execute_tool' },
    { name: 'flue.workflow', operation: 'invoke_workflow' },
    { name: 'flue.operation', operation: 'invoke_agent' },
  ],
}
