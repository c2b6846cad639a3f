/**
 * Where each fact is looked for on a span, the most trusted key first. What a name of a span, a blob
 * or an ancestor may say besides stands in code. Read in the sources that the dialects name.
 */
export const precedence = {
  /** Names that hold on any span; then, in this order, those that a condition belongs to. */
  agentName: ['gen_ai.agent.name', 'agent.name', 'agent_name', 'lk.agent_name'],
  /** The name of an agent where {@link precedence.entityKind} says `agent`, of a tool or task alike. */
  entityName: ['traceloop.entity.name'],
  entityKind: ['traceloop.span.kind'],
  /** The agent of the AI SDK; `resource.name` is somebody else's elsewhere. */
  functionId: ['ai.telemetry.functionId', 'resource.name'],
  /** Nodes of a graph, which need not be agents. */
  agentNode: [
    'graph.node.name',
    'graph.node.id',
    'langsmith.metadata.agent_name',
    'langsmith.metadata.langgraph_node',
  ],
  /** A workflow's executor, asked after the name of the span. */
  executor: ['executor.id'],

  /** Only for telling instances apart: several SDKs write the id of a run here. */
  agentId: [
    'gen_ai.agent.id',
    'agent.did',
    'agt.agent.id',
    'agent.id',
    'governance.agent_did',
    'agent_id',
    'aws.agentcore.harness_id',
  ],
  agentDid: ['agent.did', 'governance.agent_did'],
  agentVersion: ['gen_ai.agent.version', 'openlit.agent.version_hash', 'langfuse.version'],
  /** The version of an agent or workflow where {@link precedence.entityKind} says so. */
  entityVersion: ['traceloop.entity.version'],

  workflowName: [
    'gen_ai.workflow.name',
    'traceloop.workflow.name',
    'workflow.name',
    'langfuse.trace.name',
    'langsmith.trace.name',
  ],
  /** Neither `langsmith.trace.session_id` (a project) nor `mcp.session.id` (a connection). */
  conversation: [
    'gen_ai.conversation.id',
    'langsmith.metadata.thread_id',
    'langsmith.metadata.session_id',
    'langsmith.metadata.conversation_id',
    'session.id',
    'langfuse.session.id',
    'ai.telemetry.metadata.sessionId',
    'ai.telemetry.metadata.threadId',
    'ai.telemetry.metadata.chatId',
    'ai.settings.context.sessionId',
    'ai.settings.runtimeContext.sessionId',
    'traceloop.association.properties.session_id',
    'traceloop.association.properties.thread_id',
    'mlflow.trace.session',
    'gcp.vertex.agent.session_id',
    'gen_ai.agent.session_id',
    'anthropic.session.id',
    'spring.ai.chat.client.conversation.id',
    'voltagent.conversation_id',
  ],
  session: [
    'session.id',
    'langfuse.session.id',
    'ai.telemetry.metadata.sessionId',
    'ai.settings.context.sessionId',
    'ai.settings.runtimeContext.sessionId',
    'traceloop.association.properties.session_id',
    'mlflow.trace.session',
    'gcp.vertex.agent.session_id',
    'gen_ai.agent.session_id',
  ],
  user: [
    'user.id',
    'enduser.id',
    'langfuse.user.id',
    'ai.telemetry.metadata.userId',
    'ai.settings.context.userId',
    'ai.settings.runtimeContext.userId',
    'traceloop.association.properties.user_id',
    'langsmith.metadata.user_id',
    'gen_ai.user',
    'llm.user',
    'metadata.user_api_key_user_id',
    'mlflow.trace.user',
  ],
  /** Of a gateway only what it authenticated, never the `metadata.team_id` of its caller. */
  team: ['metadata.user_api_key_team_id', 'team.id', 'team'],

  taskName: ['agent.task.name', 'gen_ai.task.name', 'task_name'],
  taskId: [
    'gen_ai.task.id',
    'agent.sre.cost.task_id',
    'task_id',
    'task_key',
    'gen_ai.agent.task.id',
    'gen_ai.agent.task_id',
  ],
  taskSuccess: ['agent.task.success'],
  taskStatus: ['gen_ai.task.status', 'operation.status'],
  /** Said of the span's own work: of a task, a tool or a call. */
  success: ['success'],
  isError: ['is_error', 'lk.function_tool.is_error'],

  /** May name a framework. */
  provider: [
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
    'agent.model.provider',
    'mlflow.llm.provider',
    'langsmith.metadata.ls_provider',
  ],
  requestModel: [
    'gen_ai.request.model',
    'llm.request.model_name',
    'ai.model.id',
    'langsmith.metadata.ls_model_name',
    'embedding.model_name',
    'reranker.model_name',
    'langfuse.observation.model.name',
    'model',
    'model_name',
    'agent.model.name',
    'mlflow.llm.model',
    'llm.request.model',
  ],
  /** JSON that names the requested model where no attribute does. */
  invocationParameters: ['llm.invocation_parameters'],
  /** On a gateway it may be the alias that the caller asked for. */
  responseModel: [
    'gen_ai.response.model',
    'llm.response.model_name',
    'ai.response.model',
    'llm.model_name',
    'llm.response.model',
  ],
  responseId: ['gen_ai.response.id', 'ai.response.id', 'request_id', 'llm.response.id'],
  /** Array, JSON text, or joined with commas. */
  finishReasons: ['gen_ai.response.finish_reasons'],
  finishReason: [
    'gen_ai.response.finish_reason',
    'ai.response.finishReason',
    'llm.finish_reason',
    'gen_ai.completion.0.finish_reason',
    'llm.response.finish_reason',
    'llm.response.stop_reason',
    'gen_ai.response.stop_reason',
    'anthropic.message.stop_reason',
    'stop_reason',
    'gen_ai.finishReason',
  ],

  /** The last one is a number that stands for a type where nothing better does. */
  errorType: [
    'error.type',
    'exception.type',
    'rpc.response.status_code',
    'error_type',
    'error_class',
    'status_code',
  ],
  /** `ERROR` or `WARNING`. */
  level: ['langfuse.observation.level'],
  /** Where a tool's call failed, there only if it did. */
  failureStage: ['pydantic_ai.tool.failure_stage'],

  toolName: [
    'gen_ai.tool.name',
    'tool.name',
    'ai.toolCall.name',
    'tool_name',
    'agent.tool.name',
    'agt.tool.name',
    'mcp.tool.name',
    'lk.function_tool.name',
    'spring.ai.tool.definition.name',
  ],
  toolCallId: [
    'gen_ai.tool.call.id',
    'ai.toolCall.id',
    'tool.id',
    'tool_use_id',
    'tool_call.id',
    'lk.function_tool.id',
  ],
  /** `tool.parameters` is a JSON Schema in some packages. */
  toolArguments: [
    'gen_ai.tool.call.arguments',
    'ai.toolCall.args',
    'tool.parameters',
    'input.value',
    'traceloop.entity.input',
    'tool_arguments',
    'gcp.vertex.agent.tool_call_args',
    'gen_ai.tool.input',
    'gen_ai.tool.args',
    'mcp.tool.arguments',
    'mlflow.spanInputs',
    'langfuse.observation.input',
    'tool_parameters',
    'lk.function_tool.arguments',
    'spring.ai.tool.call.arguments',
    'full_command',
    'file_path',
  ],
  toolStatus: ['gen_ai.tool.status'],

  mcpMethod: ['mcp.method.name', 'mcp.method'],
  mcpRequestId: ['jsonrpc.request.id', 'mcp.request.id', 'rpc.jsonrpc.request_id'],
  /** The method of an MCP request only where {@link precedence.rpcSystem} says so. */
  rpcMethod: ['rpc.method'],
  rpcSystem: ['rpc.system'],

  environment: [
    'deployment.environment.name',
    'deployment.environment',
    'langfuse.environment',
    'gen_ai.environment',
    'ai.telemetry.metadata.environment',
  ],
  release: ['langfuse.release'],

  /** What only a gateway knows: a price, or whose key was used. */
  gatewayMark: [
    'gen_ai.cost.total_cost',
    'gen_ai.cost.input_cost',
    'gen_ai.cost.output_cost',
    'gen_ai.cost.original_cost',
    'litellm.cost.total',
    'metadata.user_api_key_hash',
    'metadata.user_api_key_alias',
    'metadata.user_api_key_team_id',
    'metadata.user_api_key_user_id',
    'metadata.user_api_key_org_id',
  ],
  /** Says that the answer came from a gateway's cache. */
  cachedReplay: ['hidden_params.cache_hit', 'metadata.cache_hit', 'cache_hit'],

  excluded: ['agent.sre.exclude'],
  synthetic: ['agent.sre.synthetic'],
  shadow: ['agent.sre.shadow'],
  chaos: ['agent.sre.chaos'],
} as const satisfies Record<string, readonly string[]>

/** The same of a resource. */
export const resourcePrecedence = {
  serviceName: ['service.name'],
  serviceVersion: ['service.version', 'app.version'],
  environment: ['deployment.environment.name', 'deployment.environment', 'langfuse.environment'],
  release: ['langfuse.release'],
  /** A commit, where nothing has a version. */
  revision: ['vcs.ref.head.revision', 'vcs.repository.ref.revision'],
} as const satisfies Record<string, readonly string[]>
