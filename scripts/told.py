#!/usr/bin/python3
"""What services say beside their codes has a Norwegian sentence: the tables
services/cli/told_*.def are held against the texts in the sources."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
CLI = ROOT / "services" / "cli"

STRING = r'"(?:[^"\\\n]|\\.)*"'
STRINGS = rf'{STRING}(?:\s*{STRING})*'
SPECIFIER = r'%(?:%|[-0-9.*]*(?:ll|z|h|l)?[a-zA-Z])'

# Calls whose texts reach a person through the command line.
SAID = {
    "catalogue": "mv_build_fault mv_build_fault_of mv_build_fault_within "
                 "mv_faults_add fault_at wrong fail expect expected want take need "
                 "bad missing refuse",
    "ingest": "add mv_service_refuse mv_service_alarm",
    "evaluator": "evaluator_refuse mv_service_alarm",
    "notifier": "no refuse notifier_refuse mv_service_alarm",
    "stream": "mv_service_refuse mv_service_alarm health_row refuse_pull note",
}
# Words of the protocol or of a language, the same in both.
AS_IT_IS = re.compile(
    r"[^a-z]*$|[a-z_.-]+$|nb en$|'units:'$|(?:id|targets) owner|to-red |"
    r"id owner name|%s|'%\.\*s': %s|%.*\d*s$|targets transitions all$|"
    r"line %u: %s: %s$|',' : path")


def code(path):
    text = re.sub(r"/\*.*?\*/", " ", path.read_text(), flags=re.S)
    text = re.sub(r'"\s*PRI\w+\s*"', "d", text)
    return text


def literal(text):
    whole = "".join(s[1:-1] for s in re.findall(STRING, text))
    return whole.replace('\\"', '"')


def arguments(text, names):
    """The text between the brackets of each call."""
    for found in re.finditer(rf"\b(?:{'|'.join(names)})\(", text):
        at, depth, quoted = found.end(), 1, False
        while depth and at < len(text):
            if quoted:
                at += text[at] == "\\"
                quoted = text[at] != '"'
            elif text[at] == '"':
                quoted = True
            else:
                depth += (text[at] == "(") - (text[at] == ")")
            at += 1
        yield text[found.end():at - 1]


def told():
    rows = []
    for path in sorted(CLI.glob("told_*.def")):
        text = code(path)
        rows += [(literal(a), literal(b)) for a, b in re.findall(
            rf"TOLD\(\s*({STRINGS}),\s*({STRINGS})\)", text)]
    return rows


def words():
    """The Norwegian sentences of the command line's own."""
    return [literal(nb) for path in sorted(CLI.glob("words*.def"))
            for nb in re.findall(rf"WORD\(\w+,\s*({STRINGS}),", code(path))]


def pattern(english):
    parts = re.split(r"(\{[1-9]\})", english)
    return re.compile("".join(".+" if re.fullmatch(r"\{[1-9]\}", p)
                              else re.escape(p) for p in parts) + r"\Z")


class Told(unittest.TestCase):
    def test_every_text_of_the_services_is_in_a_table(self):
        patterns = [pattern(en) for en, _ in told()]
        self.assertGreater(len(patterns), 200)
        missing, seen = [], 0
        for folder, names in SAID.items():
            for path in sorted((ROOT / "services" / folder).glob("*.c")):
                for call in arguments(code(path), names.split()):
                    for found in re.findall(STRINGS, call):
                        text = literal(found)
                        if " " not in text or AS_IT_IS.match(text):
                            continue
                        seen += 1
                        # a value in the place of each specifier
                        said = re.sub(SPECIFIER, lambda m: "%" if m.group()
                                      == "%%" else "7", text)
                        short = said.removeprefix("expected ")
                        if not any(p.match(said) or p.match(short)
                                   for p in patterns):
                            missing.append(f"{folder}/{path.name}: {text}")
        self.assertGreater(seen, 150)
        self.assertEqual(missing, [], "\n".join(missing))

    def test_no_sentence_was_left_in_english(self):
        """English words that are no Norwegian ones."""
        english = re.compile(r"\b(the|is|are|not|must|with|this|which|and)\b")
        for nb in [nb for _, nb in told()] + words():
            bare = re.sub(r"`[^`]*`|'[^']*'", "", nb)
            self.assertIsNone(english.search(bare), nb)


if __name__ == "__main__":
    unittest.main()
