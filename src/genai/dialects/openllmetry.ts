import type { Dialect } from '../dialect.ts'

/**
 * OpenLLMetry of Traceloop in all its generations: up to semconv-ai 0.4 with `llm.request.type` and
 * flattened prompts, from 0.5 with the newer names of OpenTelemetry. Its scopes are named like those
 * of OpenTelemetry's own instrumentations, so attributes decide where both instrument one library.
 */
export const openllmetry: Dialect = {
  name: 'openllmetry',
  source:
    'traceloop/openllmetry: packages/opentelemetry-semantic-conventions-ai, ' +
    'packages/opentelemetry-instrumentation-*, packages/traceloop-sdk',
  scopes: [
    'traceloop.tracer',
    '@traceloop/instrumentation-*',
    'opentelemetry.instrumentation.*.v1',
    'opentelemetry.instrumentation.alephalpha*',
    'opentelemetry.instrumentation.chromadb*',
    'opentelemetry.instrumentation.cohere*',
    'opentelemetry.instrumentation.crewai*',
    'opentelemetry.instrumentation.groq*',
    'opentelemetry.instrumentation.haystack*',
    'opentelemetry.instrumentation.lancedb*',
    'opentelemetry.instrumentation.llamaindex*',
    'opentelemetry.instrumentation.marqo*',
    'opentelemetry.instrumentation.milvus*',
    'opentelemetry.instrumentation.mistralai*',
    'opentelemetry.instrumentation.ollama*',
    'opentelemetry.instrumentation.pinecone*',
    'opentelemetry.instrumentation.qdrant*',
    'opentelemetry.instrumentation.replicate*',
    'opentelemetry.instrumentation.sagemaker*',
    'opentelemetry.instrumentation.together*',
    'opentelemetry.instrumentation.transformers*',
    'opentelemetry.instrumentation.watsonx*',
  ],
  marks: [
    'traceloop.span.kind',
    'traceloop.entity.name',
    'traceloop.entity.input',
    'traceloop.entity.output',
    'llm.request.type',
    'llm.usage.total_tokens',
    'llm.is_streaming',
    'llm.request.model',
    'llm.response.model',
    'gen_ai.is_streaming',
    'gen_ai.prompt.0.role',
    'gen_ai.completion.0.role',
    'gen_ai.task.kind',
    'gen_ai.task.status',
    'gen_ai.agent.handoff_parent',
    'crewai.crew.token_usage',
    'langgraph.command.goto_node',
    'langgraph.command.goto_nodes',
  ],
  // Its span processor writes it on every span below a workflow.
  hints: ['traceloop.workflow.name'],
  operations: [
    {
      key: 'traceloop.span.kind',
      values: {
        workflow: 'invoke_workflow',
        task: 'task',
        agent: 'invoke_agent',
        tool: 'execute_tool',
        handoff: 'delegation',
      },
      silent: ['session', 'server', 'unknown'],
    },
    {
      key: 'llm.request.type',
      values: {
        chat: 'chat',
        completion: 'completion',
        embedding: 'embeddings',
        rerank: 'rerank',
      },
      silent: ['unknown'],
    },
    {
      key: 'gen_ai.operation.name',
      values: { llm_request: 'chat', completion: 'completion', handoff: 'delegation' },
    },
  ],
  spanNames: [
    { name: 'openai.response', operation: 'chat' },
    { name: '*.llm', operation: 'chat' },
    { name: '*.chat', operation: 'chat' },
    { name: '*.completion', operation: 'completion' },
    { name: '*.embeddings', operation: 'embeddings' },
    { name: '*.mcp', operation: 'mcp_request' },
    { name: '*.tool', operation: 'execute_tool' },
    { name: '*.agent', operation: 'invoke_agent' },
    { name: '*.task', operation: 'task' },
    { name: '*.workflow', operation: 'invoke_workflow' },
  ],
  roles: [
    // Tokens of a crew's agent add up over the life of the agent object, across tasks.
    {
      scope: 'opentelemetry.instrumentation.crewai*',
      operation: 'invoke_agent',
      role: 'cumulative',
    },
    {
      scope: 'opentelemetry.instrumentation.crewai*',
      operation: 'invoke_workflow',
      role: 'cumulative',
    },
    { scope: 'opentelemetry.instrumentation.crewai*', operation: 'task', role: 'cumulative' },
  ],
}
