"""The vocabulary of the offline model: its instructions, and the replacements of its stiff rewordings."""

from __future__ import annotations

import re

INSTRUCTIONS = (
    "Explain what matters most about {topic}.",
    "What should a practitioner know about {topic} and {other}?",
    "Describe how {topic} relates to {other}.",
    "Why does {topic} matter in practice, and where does {other} come in?",
    "Write a short paragraph about {topic}, with a word on {other}.",
    "How would you explain {topic} to a colleague who knows {other}?",
    "What role does {other} play when working with {topic}?",
    "Summarize the key considerations around {topic} and {other}.",
    "When does {topic} become relevant, and what does {other} have to do with it?",
    "Discuss the significance of {topic} for {other}.",
    "What are the consequences of {topic} for {other}?",
    "Give an overview of {topic} and its connection to {other}.",
)
OF_KIND = {
    "question": (
        "What should a practitioner know about {topic} and {other}?",
        "Why does {topic} matter in practice, and where does {other} come in?",
        "When does {topic} become relevant, and what does {other} have to do with it?",
        "What are the consequences of {topic} for {other}?",
    ),
    "task": (
        "Write a short paragraph about {topic}, with a word on {other}.",
        "Describe how {topic} relates to {other}.",
        "Explain {topic} to a colleague who knows {other}.",
        "Compare {topic} with {other}.",
    ),
    "summary": (
        "Summarize {topic} and {other} in two sentences.",
        "Give an overview of {topic} and its connection to {other}.",
        "List the key points about {topic}, as far as {other} is concerned.",
        "Sum up what matters most about {topic} and {other}.",
    ),
    "opinion": (
        "What do you think of {topic}, and what has {other} to do with it?",
        "Is {topic} worth the effort where {other} matters? Give your reasons.",
        "Would you put {topic} before {other}? Say why.",
        "How much weight do you give {topic} beside {other}, and why?",
    ),
}
ASKS_WITH_CONTENT = {
    "brief": (
        "Write these points about {topic} out as running text:",
        "Turn these notes on {topic} and {other} into a paragraph:",
        "Make a short text about {topic} out of these points:",
    ),
    "rewrite": (
        "Say this about {topic} again in your own voice:",
        "Rewrite this paragraph on {topic} and {other} as you would put it:",
        "Put this into your own words, {topic} included:",
    ),
}
FILLERS = ("so to speak", "as it were", "in this respect", "as the case may be", "strictly speaking")
NO_TOPIC = re.compile(
    r"""about|after|again|another|because|been|before|being|between|could|does|every\w*|any\w*|have|having|might
        |nobody|nothing|others?|people|should|some\w*|suppose|than|that|their|them|then|there|these|they|things?|this
        |those|though|through|until|what\w*|when|where|whether|which|while|with|without|would|your\w*|\w*ly
        |.*(?:article|author|chunk|context|course|document|extract|passage|system|text).*""",
    re.VERBOSE | re.IGNORECASE,
)
OPENINGS = (
    "It is important to note that the following holds: ",
    "It should be emphasized from the outset: ",
    "Generally speaking, it can be stated as follows: ",
    "In the contemporary landscape, it is widely recognized: ",
    "From a comprehensive perspective, it is evident: ",
)
CONNECTIVES = ("Furthermore, it holds that: ", "Moreover: ", "In addition: ", "Consequently: ")
CLOSINGS = (
    "In conclusion, this aspect plays a crucial role in achieving optimal outcomes.",
    "Overall, these considerations are essential for a holistic understanding of the subject.",
    "Ultimately, it is imperative to take these factors into account.",
)
STIFF = {
    "also": "additionally",
    "because": "due to the fact that",
    "big": "substantial",
    "build": "construct",
    "but": "however,",
    "buy": "purchase",
    "can't": "cannot",
    "easy": "straightforward",
    "enough": "sufficient",
    "fast": "rapid",
    "hard": "challenging",
    "help": "assist",
    "helps": "assists",
    "i'm": "I am",
    "it's": "it is",
    "keep": "maintain",
    "keeps": "maintains",
    "let's": "let us",
    "many": "numerous",
    "now": "at the present time",
    "often": "frequently",
    "show": "demonstrate",
    "shows": "demonstrates",
    "start": "commence",
    "starts": "commences",
    "that's": "that is",
    "there's": "there is",
    "try": "attempt",
    "use": "utilize",
    "used": "utilized",
    "uses": "utilizes",
    "using": "utilizing",
    "what's": "what is",
    "whole": "entire",
    "won't": "will not",
}
CONTRACTED = {"n't": " not", "'re": " are", "'ve": " have", "'ll": " will"}
STIFF_PATTERN = re.compile(rf"\b(?:{'|'.join(STIFF)})(?![\w'])", re.IGNORECASE)
CONTRACTED_PATTERN = re.compile(rf"(?<=\w)(?:{'|'.join(CONTRACTED)})\b")
WORD = re.compile(r"[^\W\d_](?:[\w-]*\w)?")
