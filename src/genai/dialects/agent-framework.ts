import type { Dialect } from '../dialect.ts'

/** The Agent Framework of Microsoft and the chat clients of .NET below it. */
export const agentFramework: Dialect = {
  name: 'agent_framework',
  source:
    'microsoft/agent-framework: python/packages/core/agent_framework/observability.py, ' +
    'dotnet/src/Microsoft.Agents.AI/OpenTelemetryAgent.cs',
  scopes: [
    'agent_framework',
    'Experimental.Microsoft.Agents.AI*',
    'Experimental.Microsoft.Extensions.AI*',
  ],
  marks: [
    'gen_ai.provider.name=microsoft.agent_framework',
    'gen_ai.system=microsoft.agent_framework',
    'edge_group.type',
    'edge_group.id',
  ],
  spanNames: [
    { name: 'workflow.run', operation: 'invoke_workflow' },
    { name: 'workflow.run *', operation: 'invoke_workflow' },
    { name: 'workflow_invoke', operation: 'invoke_workflow' },
    { name: 'workflow.build', operation: 'chain' },
    { name: 'executor.process*', operation: 'chain' },
    { name: 'edge_group.process*', operation: 'chain' },
    { name: 'message.send*', operation: 'chain' },
  ],
}
