import type { Dialect } from '../dialect.ts'

/**
 * The GenAI conventions of OpenTelemetry, every version of them, and what writes `gen_ai.*` without
 * being anything else. 1.26 has `gen_ai.system` and no operation; 1.27 brings
 * `gen_ai.operation.name`, 1.31 agents and tools, 1.37 `gen_ai.provider.name`, 1.41 workflows; the
 * repository of 2026 brings plans and memories.
 */
export const otel: Dialect = {
  name: 'otel',
  source:
    'open-telemetry/semantic-conventions: docs/gen-ai, model/gen-ai, CHANGELOG.md; ' +
    'open-telemetry/semantic-conventions-genai: docs/gen-ai; ' +
    'open-telemetry/opentelemetry-python-contrib: instrumentation-genai',
  scopes: ['opentelemetry.util.genai.handler', 'opentelemetry.instrumentation.openai_v2*'],
  marks: [
    'gen_ai.operation.name',
    'gen_ai.provider.name',
    'gen_ai.system',
    'gen_ai.request.model',
    'gen_ai.response.model',
    'gen_ai.response.id',
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.prompt_tokens',
    'gen_ai.usage.completion_tokens',
    'gen_ai.agent.name',
    'gen_ai.agent.id',
    'gen_ai.workflow.name',
    'gen_ai.conversation.id',
    'gen_ai.tool.name',
    'gen_ai.tool.call.id',
    'gen_ai.tool.definitions',
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.retrieval.query.text',
    'gen_ai.evaluation.name',
    'gen_ai.guardrail.name',
    'gen_ai.handoff.to_agent',
  ],
  operations: [
    {
      key: 'gen_ai.operation.name',
      values: {
        chat: 'chat',
        generate_content: 'chat',
        generate: 'chat',
        response: 'chat',
        text_completion: 'completion',
        embeddings: 'embeddings',
        embedding: 'embeddings',
        image: 'image',
        image_generation: 'image',
        audio: 'speech',
        speech: 'speech',
        text_to_speech: 'speech',
        speech_generation: 'speech',
        transcription: 'transcription',
        speech_to_text: 'transcription',
        execute_tool: 'execute_tool',
        invoke_agent: 'invoke_agent',
        create_agent: 'create_agent',
        agent_step: 'agent_step',
        invoke_workflow: 'invoke_workflow',
        execute_task: 'task',
        plan: 'plan',
        retrieval: 'retrieval',
        vector_db_retrieve: 'retrieval',
        rerank: 'rerank',
        search_memory: 'memory',
        create_memory: 'memory',
        update_memory: 'memory',
        upsert_memory: 'memory',
        delete_memory: 'memory',
        create_memory_store: 'memory',
        delete_memory_store: 'memory',
        apply_guardrail: 'guardrail',
        fetch_response: 'other',
      },
    },
  ],
  spanNames: [
    { name: 'invoke_agent *', operation: 'invoke_agent', isDecisive: true },
    { name: 'create_agent *', operation: 'create_agent' },
    { name: 'invoke_workflow *', operation: 'invoke_workflow', isDecisive: true },
    { name: 'execute_tool *', operation: 'execute_tool', isDecisive: true },
    { name: 'chat *', operation: 'chat' },
    { name: 'chat', operation: 'chat' },
    { name: 'generate_content *', operation: 'chat' },
    { name: 'text_completion *', operation: 'completion' },
    { name: 'embeddings *', operation: 'embeddings' },
  ],
  roles: [
    // It reads a stored response again, tokens and all.
    { operation: 'other', attribute: ['gen_ai.operation.name', 'fetch_response'], role: 'copy' },
  ],
}
