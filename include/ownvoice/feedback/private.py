"""Texts that must not be trained on whoever wrote them: secrets, and data of a person. Pure.

Patterns know forms, not meanings: a name, an address of a house or a password in plain prose is not seen.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

_SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----",
    "a key of OpenAI's or Anthropic's form": r"\bsk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,}",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a token of Hugging Face": r"\bhf_[A-Za-z0-9]{30,}",
    "a key of AWS": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}",
    "a token of Slack": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a key of Stripe": r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",
    "a token of a package registry": r"\b(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,})",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    "a bearer token": r"\b[Bb]earer\s+[A-Za-z0-9._~+/-]{20,}=*",
    "a password in an address": r"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@]+:[^\s/@]{3,}@",
}
_ASSIGNED = re.compile(
    r"(?i)\b(?:pass(?:word|wd|phrase)?|passwort|kennwort|contrase(?:ñ|n)a|mot de passe|secret|token|api[_ -]?key|"
    r"access[_ -]?key|client[_ -]?secret|private[_ -]?key)\b[\"'`]?\s*(?::=|=>|[:=]|\bis\b|\bist\b|\best\b)\s*"
    r"[\"'`]?([^\s\"'`,;]{6,})"
)
_SECRET = re.compile("|".join(f"(?P<s{index}>{form})" for index, form in enumerate(_SECRETS.values())))
_KINDS = tuple(_SECRETS)

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}\b")
_CARD = re.compile(r"(?<![\d.,-])\d(?:[ -]?\d){12,18}(?![\d-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_PHONE = re.compile(
    r"(?<![\w.+,/-])(?:\+|00)[1-9][\d ()./-]{6,20}\d(?!\w)"  # with a country's code
    r"|(?<![\w.+,/-])\(?0\d{2,5}\)?[ /-]{1,3}\d{3,9}(?:[ -]\d{2,5}){0,3}(?!\w|[.,-]\d)"  # as in 030/1234567
    r"|(?<![\w.+,/-])\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?!\w)"  # of North America
)
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")


def secret_in(texts: Iterable[str]) -> str:
    """Return what kind of secret one of `texts` holds; "" for none."""
    for text in texts:
        if found := _SECRET.search(text):
            return _KINDS[int(str(found.lastgroup)[1:])]
        if any(_looks_secret(one[1]) for one in _ASSIGNED.finditer(text)):
            return "a password or key with its name"
    return ""


def personal_data_in(texts: Iterable[str]) -> str:
    """Return what kind of data of a person one of `texts` holds; "" for none."""
    for text in texts:
        if _EMAIL.search(text):
            return "an e-mail address"
        if any(_is_card(one[0]) for one in _CARD.finditer(text)):
            return "a card number"
        if any(_is_iban(one[0]) for one in _IBAN.finditer(text)):
            return "an account number"
        if _SOCIAL_SECURITY.search(text):
            return "a social security number"
        if any(7 <= len(re.sub(r"\D", "", one[0])) <= 17 for one in _PHONE.finditer(text)):
            return "a telephone number"
    return ""


def _looks_secret(value: str) -> bool:
    """Whether a value beside such a name is no word of prose, such as "password: required"."""
    kinds = sum(bool(re.search(form, value)) for form in ("[a-z]", "[A-Z]", r"\d", r"[^\w\s]"))
    return kinds >= 2 and any(one.isdigit() for one in value) and _bits(value) >= 2


def _bits(value: str) -> float:
    """Return the entropy of the characters of `value`, in bits for each."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _is_card(digits: str) -> bool:
    """Whether digits pass the check of Luhn (ISO/IEC 7812-1) and begin as cards do."""
    found = [int(one) for one in digits if one.isdigit()]
    doubled = [sum(divmod(2 * one, 10)) for one in found[-2::-2]]
    return found[0] in (2, 3, 4, 5, 6) and len(set(found)) > 1 and (sum(doubled) + sum(found[-1::-2])) % 10 == 0


def _is_iban(text: str) -> bool:
    """Whether a text passes the check of ISO 13616."""
    plain = text.replace(" ", "")
    for length in range(15, min(len(plain), 34) + 1):  # a word may follow
        turned = plain[4:length] + plain[:4]
        if int("".join(str(int(one, 36)) for one in turned)) % 97 == 1:
            return True
    return False
