import type { Dialect } from '../dialect.ts'

/** AgentMesh and the governance of the toolkit: policies, approvals, trust. */
export const agentGovernance: Dialect = {
  name: 'agent_governance',
  source:
    'microsoft/agent-governance-toolkit: ' +
    'agent-governance-python/agent-mesh/src/agentmesh/governance/otel_observability.py, ' +
    'agent-governance-python/agent-mesh/src/agentmesh/observability, ' +
    'agent-governance-python/agent-os/src/agent_os/otel_audit_backend.py',
  scopes: ['agentmesh.governance', 'agentmesh', 'agt.audit'],
  marks: [
    'agt.agent.id',
    'agt.tool.name',
    'agt.policy.action',
    'agt.policy.stage',
    'agt.approval.outcome',
    'agt.trust.score',
    'agt.audit.decision',
    'governance.agent_did',
  ],
  spanNames: [
    { name: 'agt.policy.evaluate', operation: 'policy_check', isDecisive: true },
    { name: 'agt.approval.request', operation: 'policy_check', isDecisive: true },
    { name: 'agt.trust.verify', operation: 'trust_check', isDecisive: true },
    {
      name: 'mesh.governance.policy_decision',
      operation: 'policy_check',
      isDecisive: true,
    },
    {
      name: 'mesh.governance.trust_evaluation',
      operation: 'trust_check',
      isDecisive: true,
    },
  ],
}
