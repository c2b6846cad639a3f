import type { Dialect } from '../dialect.ts'

/** Semantic Kernel; its spellings of operations differ between languages and versions. */
export const semanticKernel: Dialect = {
  name: 'semantic_kernel',
  source:
    'microsoft/semantic-kernel: dotnet/src/InternalUtilities/src/Diagnostics/ModelDiagnostics.cs, ' +
    'python/semantic_kernel/utils/telemetry',
  scopes: ['Microsoft.SemanticKernel*', 'semantic_kernel*'],
  marks: ['gen_ai.response.finish_reason', 'sk.available_functions'],
  operations: [
    {
      key: 'gen_ai.operation.name',
      values: {
        text_completions: 'completion',
        'chat.completions': 'chat',
        'chat.streaming_completions': 'chat',
        'text.completions': 'completion',
        'text.streaming_completions': 'completion',
      },
    },
  ],
  spanNames: [
    { name: 'chat.completions *', operation: 'chat' },
    { name: 'text.completions *', operation: 'completion' },
  ],
}
