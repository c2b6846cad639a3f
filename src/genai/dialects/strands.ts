import type { Dialect } from '../dialect.ts'

/** Strands Agents of AWS. */
export const strands: Dialect = {
  name: 'strands',
  source: 'strands-agents/sdk-python: src/strands/telemetry/tracer.py',
  scopes: ['strands.telemetry.tracer'],
  marks: [
    'gen_ai.system=strands-agents',
    'gen_ai.provider.name=strands-agents',
    'gen_ai.event.start_time',
  ],
  operations: [
    {
      key: 'gen_ai.operation.name',
      values: {
        execute_event_loop_cycle: 'agent_step',
        invoke_swarm: 'invoke_workflow',
        invoke_graph: 'invoke_workflow',
      },
    },
  ],
  spanNames: [
    { name: 'execute_event_loop_cycle', operation: 'agent_step' },
    { name: 'invoke_swarm', operation: 'invoke_workflow' },
    { name: 'invoke_graph', operation: 'invoke_workflow' },
    { name: 'invoke_agent', operation: 'invoke_agent' },
    { name: 'mcp tools/*', operation: 'mcp_request' },
  ],
  roles: [
    // They add up over the life of the agent object, from request to request.
    { operation: 'invoke_agent', role: 'cumulative' },
    { operation: 'agent_step', role: 'cumulative' },
    { operation: 'invoke_workflow', role: 'cumulative' },
  ],
}
