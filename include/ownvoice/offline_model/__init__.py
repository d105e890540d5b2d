"""The offline model: a stand-in server that ships with the package, for demonstrations and tests.

It implements OpenAI's API itself and shares no code with `llm/providers`: both must agree with the API, and not only
with each other.
"""
