"""HTML that escapes by default.

Belongs here: building elements. Does not belong here: any element's content or look. Every text that is not
`Safe` is escaped, attributes included: the pages quote what creators wrote.
"""

from __future__ import annotations

from html import escape


class Safe(str):
    """Markup made by `tag`; nothing else makes one."""

    __slots__ = ()


Part = str | None


def tag(name: str, *children: Part, **attributes: str | None) -> Safe:
    """Return an element; `None` is left out, and `class_`, `aria_label` mean `class`, `aria-label`."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Safe(f"<{name}{pairs}>{join(*children)}</{name}>")


def join(*children: Part) -> Safe:
    """Return parts one after the other, texts escaped."""
    return Safe("".join(child if isinstance(child, Safe) else escape(child) for child in children if child))


def document(title: str, style: str, *body: Part) -> str:
    """Return a whole page. `style` is CSS from a file of this package."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{join(*body)}\n</body>\n</html>\n"
    )
