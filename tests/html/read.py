"""What stands in a page, as the parser of python's library reads it: read.py FILE prints it in JSON."""

import json
import sys
from html.parser import HTMLParser
from urllib.parse import unquote

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.problems = [], []
        self.ids, self.links, self.scripts, self.policy = [], [], [], None
        self.texts, self.tags = [], {}

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        for name, value in attributes:
            if name == "id":
                if not value or any(c.isspace() for c in value):
                    self.problems.append(f"id {value!r} is empty or has blanks")
                self.ids.append(value)
            elif name in ("href", "xlink:href"):
                self.links.append(value)
                if not value.startswith("#"):
                    self.problems.append(f"{tag} leads out of the page: {value!r}")
            elif name in ("src", "srcset", "action", "data", "poster", "background") or name.startswith("on"):
                self.problems.append(f"{tag} has {name}={value!r}")
            elif name == "style":
                self.problems.append(f"{tag} has a style of its own, which the policy forbids: {value!r}")
        of = dict(attributes)
        if tag == "script":
            self.scripts.append(of.get("type", ""))
        if tag == "meta" and of.get("http-equiv") == "Content-Security-Policy":
            self.policy = of["content"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> ends {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, text):
        if self.open and self.open[-1] not in ("script", "style") and text.strip():
            self.texts.append(" ".join(text.split()))


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
if page.open:
    page.problems.append(f"never ended: {page.open}")
seen = set()
for one in page.ids:
    if one in seen:
        page.problems.append(f"two places are called {one!r}")
    seen.add(one)
for link in page.links:
    if unquote(link[1:]) not in seen:
        page.problems.append(f"{link!r} leads nowhere")
json.dump(
    {
        "problems": page.problems[:20],
        "ids": page.ids,
        "scripts": page.scripts,
        "policy": page.policy,
        "tags": page.tags,
        "text": " ".join(page.texts),
    },
    sys.stdout,
)
