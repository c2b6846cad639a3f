import type { Dialect } from '../dialect.ts'

/** The gateway and the policy engine of Amazon Bedrock AgentCore, told by names of spans. */
export const agentcore: Dialect = {
  name: 'agentcore',
  source: 'AWS devguide: observability-policy-metrics; aws/bedrock-agentcore-sdk-python',
  resource: [['cloud.platform', 'aws_bedrock_agentcore']],
  marks: [
    'aws.agentcore.policy.authorization_decision',
    'aws.agentcore.policy.allowed_tools',
    'aws.agentcore.policy.denied_tools',
    'aws.agentcore.gateway.policy.mode',
    'aws.agentcore.gateway.id',
    'aws.agentcore.harness_id',
  ],
  spanNames: [
    { name: 'AgentCore.Gateway.InvokeTool', operation: 'execute_tool', isDecisive: true },
    { name: 'AgentCore.Gateway.InvokeTool.*', operation: 'execute_tool', isDecisive: true },
    { name: 'AgentCore.Gateway.ListTools', operation: 'mcp_request', isDecisive: true },
    { name: 'AgentCore.Policy.*', operation: 'policy_check', isDecisive: true },
  ],
}
