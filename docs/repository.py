"""A preprocessor of mdBook: files of the repository that pages link to become pages of the site.

Pages of docs/ may link to a scenario, to ARCHITECTURE.md, to code. On the site these would lead nowhere; here each such file is
added to the book, Markdown as it is and others as code, and the links are turned to it."""

import json
import os
import re
import sys
from pathlib import Path, PurePosixPath

LANGUAGES = {".toml": "toml", ".rs": "rust", ".py": "python", ".c": "c", ".h": "c", ".yml": "yaml", ".yaml": "yaml", ".sh": "sh"}

# A link of Markdown: what stands before its target, the target, what stands behind.
LINK = re.compile(r"(\]\()([^)\s]+)(\))")

# What is longer is no page that anybody reads.
MAX_BYTES = 200_000

PAGES, FOLDER = "docs", "repository"


class Site:
    def __init__(self, root):
        self.root = root
        self.added = {}  # path in the repository -> chapter

    def visit(self, chapter):
        """Turns the links of a chapter of docs/ and of those below it."""
        if chapter.get("path"):
            self.turn(chapter, PurePosixPath(PAGES) / chapter["source_path"])
        for item in chapter["sub_items"]:
            if "Chapter" in item:
                self.visit(item["Chapter"])

    def turn(self, chapter, source):
        """`source` is where the text stands in the repository."""
        lines, fence = [], None
        for line in chapter["content"].split("\n"):
            mark = re.match(r"\s*(```+)", line)
            if mark and fence is None:
                fence = mark[1]
            elif mark and line.strip() == fence:
                fence = None
            elif fence is None:
                line = self.turn_line(line, source, PurePosixPath(chapter["path"]).parent)
            lines.append(line)
        chapter["content"] = "\n".join(lines)

    def turn_line(self, line, source, folder):
        def turned(match):
            target, _, anchor = match[2].partition("#")
            if "://" in match[2] or not target:
                return match[0]
            path = PurePosixPath(os.path.normpath(source.parent / target))
            place = self.place(path)
            there = os.path.relpath(place, folder or ".") if place else ""
            return f"{match[1]}{there}{'#' + anchor if anchor else ''}{match[3]}" if place else "](#)"

        # What stands between backquotes is code, unless it is the text of a link.
        return LINK.sub(turned, line)

    def place(self, path):
        """Where a file of the repository stands on the site; None where it does not."""
        full = self.root / path
        if full.is_dir():
            path, full = path / "README.md", full / "README.md"
        if not full.is_file():
            return None
        if path.parts[0] == PAGES:
            return path.relative_to(PAGES)
        if str(path) not in self.added and not self.add(path, full):
            return None
        return PurePosixPath(self.added[str(path)]["path"])

    def add(self, path, full):
        data = full.read_bytes()
        if len(data) > MAX_BYTES or b"\0" in data:
            return False
        text = data.decode("utf-8", "replace")
        markdown = path.suffix == ".md"
        name = f"{FOLDER}/{path}" if markdown else f"{FOLDER}/{path}.md"
        self.added[str(path)] = page = chapter(str(path), name, text)
        if markdown:
            self.turn(page, path)
        else:
            language = LANGUAGES.get(path.suffix, "text")
            page["content"] = f"# {path}\n\n`````{language}\n{text.rstrip()}\n`````\n"
        return True

    def part(self):
        """The added pages: Markdown first, then all other files folded together."""
        pages = [page for path, page in sorted(self.added.items()) if path.endswith(".md")]
        files = [page for path, page in sorted(self.added.items()) if not path.endswith(".md")]
        folded = chapter("Files", None, "")
        for page in files:
            page["parent_names"] = ["Files"]
            folded["sub_items"].append({"Chapter": page})
        title = [{"PartTitle": "The repository"}] if pages or files else []
        return title + [{"Chapter": page} for page in pages] + ([{"Chapter": folded}] if files else [])


def chapter(name, path, content):
    return {"name": name, "content": content, "number": None, "sub_items": [], "path": path,
            "source_path": None, "parent_names": []}


def main():
    if sys.argv[1:2] == ["supports"]:
        return 0
    context, book = json.load(sys.stdin)
    site = Site(Path(context["root"]).resolve().parent)
    items = book["items" if "items" in book else "sections"]
    for item in items:
        if "Chapter" in item:
            site.visit(item["Chapter"])
    items.extend(site.part())
    json.dump(book, sys.stdout)
    return 0


sys.exit(main())
