"""Runs an agent with one tool on a model at another address, and prints what it answers.

python-agents.py openinference-openai http://127.0.0.1:8080 http://127.0.0.1:4318
"""

import json
import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

QUESTION = "Where is order 42?"
SCHEMA = {
    "type": "object",
    "properties": {"id": {"type": "string"}},
    "required": ["id"],
    "additionalProperties": False,
}


def main(which, model_url, otlp_url):
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    exporter = OTLPSpanExporter(endpoint=f"{otlp_url}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    print(AGENTS[which](model_url))
    provider.shutdown()


def get_order(id: str) -> str:
    """Looks up an order"""
    return f"order {id} ships tomorrow"


def openinference_openai(model_url):
    from openinference.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument()
    return ask_openai(model_url)


def openinference_anthropic(model_url):
    from openinference.instrumentation.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument()
    return ask_anthropic(model_url)


def openllmetry_openai(model_url):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor

    OpenAIInstrumentor().instrument()
    return ask_openai(model_url)


def openllmetry_anthropic(model_url):
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor

    AnthropicInstrumentor().instrument()
    return ask_anthropic(model_url)


def pydantic_ai(model_url):
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    Agent.instrument_all()
    provider = OpenAIProvider(base_url=f"{model_url}/v1", api_key="none")
    model = OpenAIChatModel("gpt-5", provider=provider)
    agent = Agent(model, name="support-bot", tools=[get_order])
    return agent.run_sync(QUESTION).output


def ask_openai(model_url):
    from openai import OpenAI

    client = OpenAI(base_url=f"{model_url}/v1", api_key="none")
    function = {"name": "get_order", "description": get_order.__doc__, "parameters": SCHEMA}
    tools = [{"type": "function", "function": function}]
    messages = [{"role": "user", "content": QUESTION}]

    def answer():
        return client.chat.completions.create(model="gpt-5", messages=messages, tools=tools)

    with agent_run():
        message = answer().choices[0].message
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls:
            content = tool_run(call.id, json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
        return answer().choices[0].message.content


def ask_anthropic(model_url):
    from anthropic import Anthropic

    client = Anthropic(base_url=model_url, api_key="none")
    tools = [{"name": "get_order", "description": get_order.__doc__, "input_schema": SCHEMA}]
    messages = [{"role": "user", "content": QUESTION}]

    def answer():
        return client.messages.create(
            model="claude-sonnet-5", max_tokens=1024, messages=messages, tools=tools
        )

    with agent_run():
        first = answer()
        messages.append({"role": "assistant", "content": [it.model_dump() for it in first.content]})
        for block in first.content:
            content = tool_run(block.id, block.input)
            result = {"type": "tool_result", "tool_use_id": block.id, "content": content}
            messages.append({"role": "user", "content": [result]})
        return answer().content[0].text


def agent_run():
    attributes = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "support-bot",
    }
    return tracer().start_as_current_span("invoke_agent support-bot", attributes=attributes)


def tool_run(call_id, arguments):
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "get_order",
        "gen_ai.tool.call.id": call_id,
    }
    with tracer().start_as_current_span("execute_tool get_order", attributes=attributes):
        return get_order(**arguments)


def tracer():
    return trace.get_tracer("support-bot")


AGENTS = {
    "openinference-openai": openinference_openai,
    "openinference-anthropic": openinference_anthropic,
    "openllmetry-openai": openllmetry_openai,
    "openllmetry-anthropic": openllmetry_anthropic,
    "pydantic-ai": pydantic_ai,
}

main(*sys.argv[1:])
