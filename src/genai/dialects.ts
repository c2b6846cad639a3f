import type { Dialect } from './dialect.ts'
import { a2a } from './dialects/a2a.ts'
import { agentFramework } from './dialects/agent-framework.ts'
import { agentGovernance } from './dialects/agent-governance.ts'
import { agentSre } from './dialects/agent-sre.ts'
import { agentcore } from './dialects/agentcore.ts'
import { anthropicSdk } from './dialects/anthropic-sdk.ts'
import { claudeCode } from './dialects/claude-code.ts'
import { crewai } from './dialects/crewai.ts'
import { flue } from './dialects/flue.ts'
import { geminiCli } from './dialects/gemini-cli.ts'
import { genkit } from './dialects/genkit.ts'
import { googleAdk } from './dialects/google-adk.ts'
import { laminar } from './dialects/laminar.ts'
import { langfuse } from './dialects/langfuse.ts'
import { langsmith } from './dialects/langsmith.ts'
import { litellm } from './dialects/litellm.ts'
import { livekit } from './dialects/livekit.ts'
import { logfire } from './dialects/logfire.ts'
import { mastra } from './dialects/mastra.ts'
import { mcp } from './dialects/mcp.ts'
import { mlflow } from './dialects/mlflow.ts'
import { openaiAgents } from './dialects/openai-agents.ts'
import { openinference } from './dialects/openinference.ts'
import { openlit } from './dialects/openlit.ts'
import { openllmetry } from './dialects/openllmetry.ts'
import { openrouter } from './dialects/openrouter.ts'
import { otel } from './dialects/otel.ts'
import { pydanticAi } from './dialects/pydantic-ai.ts'
import { semanticKernel } from './dialects/semantic-kernel.ts'
import { springAi } from './dialects/spring-ai.ts'
import { strands } from './dialects/strands.ts'
import { vercel } from './dialects/vercel.ts'
import { voltagent } from './dialects/voltagent.ts'

/**
 * All dialects, the more telling first: where a span carries the marks of several, the first of them
 * is whose it is, unless its scope says otherwise. LiteLLM stands before OpenLLMetry because it
 * writes its attributes too, and the plain conventions last because everybody writes those.
 */
export const dialects: readonly Dialect[] = [
  openinference,
  langfuse,
  langsmith,
  litellm,
  openllmetry,
  vercel,
  agentSre,
  agentGovernance,
  agentcore,
  mlflow,
  mastra,
  laminar,
  genkit,
  voltagent,
  flue,
  livekit,
  claudeCode,
  anthropicSdk,
  geminiCli,
  googleAdk,
  strands,
  agentFramework,
  semanticKernel,
  pydanticAi,
  logfire,
  openaiAgents,
  openlit,
  openrouter,
  springAi,
  crewai,
  a2a,
  mcp,
  otel,
]
