"""Synthetic texts of messages, subjects and comments, with canaries that redaction has to catch.

Belongs here: a few thousand short templates in ten languages, made once per site and referred to by number.
Does not belong here: who says what when.
"""

from __future__ import annotations

import numpy as np

from ingestion.simulator import world

_ASK = {
    "en": ("Hello, my {r} problem is still there", "Please help with {r}", "Why was this decided? {r}"),
    "pt-BR": ("Oi, meu problema de {r} continua", "Preciso de ajuda com {r}", "Por que decidiram isso? {r}"),
    "pt-PT": (
        "Olá, o meu problema de {r} mantém-se",
        "Preciso de ajuda sobre {r}",
        "Porquê esta decisão? {r}",
    ),
    "id": ("Halo, masalah {r} saya belum selesai", "Tolong bantu soal {r}", "Kenapa begini? {r}"),
    "es": ("Hola, sigo con el problema de {r}", "Necesito ayuda con {r}", "¿Por qué se decidió así? {r}"),
    "de": (
        "Hallo, mein Problem mit {r} besteht weiter",
        "Bitte um Hilfe bei {r}",
        "Warum diese Entscheidung? {r}",
    ),
    "fr": ("Bonjour, mon souci de {r} continue", "Aidez-moi pour {r}", "Pourquoi cette décision ? {r}"),
    "ja": ("こんにちは、{r} の問題が続いています", "{r} について助けてください", "なぜこの決定ですか {r}"),
    "ar": ("مرحبا، مشكلة {r} مستمرة", "أحتاج مساعدة بخصوص {r}", "لماذا هذا القرار؟ {r}"),
    "ne": ("नमस्ते, {r} को समस्या बाँकी छ", "{r} मा सहयोग गर्नुहोस्", "किन यस्तो निर्णय? {r}"),
}
_ANSWER = {
    "en": (
        "Thanks for writing. We looked into {r}",
        "Your {r} case was reviewed",
        "Could you send more about {r}?",
    ),
    "pt-BR": ("Obrigado. Verificamos {r}", "Seu caso de {r} foi revisto", "Pode enviar mais sobre {r}?"),
    "es": ("Gracias. Revisamos {r}", "Su caso de {r} fue revisado", "¿Puede enviar más sobre {r}?"),
    "de": ("Danke. Wir haben {r} geprüft", "Ihr Fall {r} wurde geprüft", "Können Sie mehr zu {r} senden?"),
}
_TAILS = (
    "",
    " Thank you.",
    " It has been days.",
    " I depend on this.",
    " Nothing works!",
    " 🙏",
    " «urgent»",
    ' Line one\nline two, with "quotes"; and commas',
    " ok",
    " See attached.",
    " Version 31.2",
    " :(",
)
VARIANTS = 6
MINOR_TEXTS = 24


class Wording:
    """All texts, and where the block of each kind, language and reason begins."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.texts: list[str] = []
        self.canaries: list[tuple[str, str]] = []
        self.reasons = [reason for *_, reasons in world.LINES.values() for reason in reasons]
        for kind in (_ASK, _ANSWER):
            for language in world.LANGUAGES:
                phrases = kind.get(language, kind["en"])
                for reason in self.reasons:
                    for n in range(VARIANTS):
                        text = phrases[n % len(phrases)].format(r=reason.replace("_", " "))
                        self.texts.append(text + _TAILS[int(rng.integers(len(_TAILS)))] + self._canary(rng))
        self.notes = len(self.texts)
        self.texts += [
            f"Internal: checked {reason} ({n})" for reason in self.reasons for n in range(VARIANTS)
        ]
        # what a child might tell: no pattern gives it away, so it must not be loaded at all
        self.minors = len(self.texts)
        for n in range(MINOR_TEXTS):
            secret = f"minorcanary{n:03d}"
            self.canaries.append(("minor", secret))
            self.texts.append(f"I am {9 + n % 8} years old and my school is {secret}")
        self.ack = len(self.texts)
        self.texts.append("We received your request. This is an automatic message.")

    def _canary(self, rng: np.random.Generator) -> str:
        """In one text of thirty something personal that must never reach the warehouse."""
        if rng.random() > 1 / 30:
            return ""
        number = len(self.canaries) + 1
        kind = ("email", "phone", "handle", "url")[number % 4]
        value = {
            "email": f"canary.{number:04d}@example.org",
            "phone": f"+44 20 7946 {number:04d}",
            "handle": f"@canary_{number:04d}",
            "url": f"https://example.org/canary/{number:04d}",
        }[kind]
        self.canaries.append((kind, value))
        return f" {value}"

    def number(
        self, answer: bool, language: np.ndarray, reason: np.ndarray, variant: np.ndarray
    ) -> np.ndarray:
        """Number of the text for positions in `world.LANGUAGES` and `reasons`, and a variant."""
        block = (language + (len(world.LANGUAGES) if answer else 0)) * len(self.reasons) + reason
        return (block * VARIANTS + variant).astype(np.int32)
