"""The text of a .rows file into Row objects; README.md beside this folder defines it."""

import dataclasses
import re

TYPES = {
    'float': 1, 'uint8': 2, 'int8': 3, 'uint16': 4, 'int16': 5, 'int32': 6, 'int64': 7, 'string': 8, 'bool': 9,
    'float16': 10, 'double': 11, 'uint32': 12, 'uint64': 13, 'complex64': 14, 'complex128': 15, 'bfloat16': 16,
    'float8e4m3fn': 17, 'float8e4m3fnuz': 18, 'float8e5m2': 19, 'float8e5m2fnuz': 20, 'uint4': 21, 'int4': 22,
    'float4e2m1': 23, 'float8e8m0': 24, 'uint2': 25, 'int2': 26,
}


class RowError(Exception):
    """What is wrong with the text of a row."""


@dataclasses.dataclass
class Tensor:
    """One operand. dims: texts, None where the rank is unknown. elements: texts between the braces."""

    type: int
    dims: list | None
    run_dims: list | None = None   # rank unknown to inference: what it runs with
    elements: list | None = None
    run_elements: list | None = None   # ~{…}: what the run uses, unknown to inference
    value_range: tuple | None = None   # ~lo..hi
    container: str = ''                # 'seq', 'opt'
    key: int | None = None             # a map from keys of this type to `type`
    items: list | None = None          # seq{…}: its items, one by one


@dataclasses.dataclass
class Row:
    line: int
    text: str
    domain: str
    op: str
    opset: int
    attributes: dict
    inputs: list
    captured: list   # operands that only the subgraphs use
    outputs: list
    error: str | None
    needs: list
    avoid: list
    unrun: str | None     # why nothing runs it
    perhaps: str | None   # why it runs on some machines only


def read_file(path):
    """-> the rows of a file; one that cannot be read comes as (line, text, message)."""
    rows = []
    for line, text in _split(open(path, encoding='utf-8').read()):
        try:
            rows.append(parse_row(text, line))
        except RowError as error:
            rows.append((line, text, str(error)))
    return rows


def _split(content):
    """-> (line number, text) of each row, without comments, continuation lines joined."""
    rows = []
    for number, raw in enumerate(content.splitlines(), 1):
        line = _without_comment(raw).rstrip()
        if not line.strip():
            continue
        if line[0].isspace() and rows:
            rows[-1] = (rows[-1][0], rows[-1][1] + ' ' + line.strip())
        else:
            rows.append((number, line.strip()))
    return rows


def _without_comment(line):
    quoted = False
    for i, c in enumerate(line):
        if c == '"':
            quoted = not quoted
        elif c == '#' and not quoted:
            return line[:i]
    return line


class _Scanner:
    def __init__(self, text):
        self.text, self.at = text, 0

    def skip(self):
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def take(self, pattern):
        """-> the match of pattern here, moving past it, or None."""
        self.skip()
        m = re.compile(pattern).match(self.text, self.at)
        if m:
            self.at = m.end()
        return m

    def demand(self, pattern, what):
        m = self.take(pattern)
        if not m:
            raise RowError(f'expected {what} at "{self.text[self.at:self.at + 30]}"')
        return m

    def balanced(self, opening, closing):
        """-> the text inside the brackets that open here."""
        self.demand(re.escape(opening), f"'{opening}'")
        start, depth, quoted = self.at, 1, False
        while self.at < len(self.text):
            c = self.text[self.at]
            self.at += 1
            if c == '"':
                quoted = not quoted
            elif quoted:
                continue
            elif c == opening:
                depth += 1
            elif c == closing and not (c == '>' and self.text[self.at - 2] in '-='):   # '->' and '=>' of subgraphs
                depth -= 1
                if depth == 0:
                    return self.text[start:self.at - 1]
        raise RowError(f"no '{closing}' for '{opening}'")


def split_commas(text):
    """-> the parts between commas that no bracket or quote encloses; nothing for an empty text."""
    parts, depth, quoted, start = [], 0, False, 0
    for i, c in enumerate(text):
        if c == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif c in '([{':
            depth += 1
        elif c in ')]}':
            depth -= 1
        elif c == ',' and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return parts + [last] if last or parts else []


def parse_row(text, line=0):
    s = _Scanner(text)
    m = s.demand(r'((?:[a-z][A-Za-z0-9_]*\.)*)([A-Za-z_][A-Za-z0-9_]*)(?:-(\d+))?', 'an operator')
    domain, op = m[1].rstrip('.'), m[2]
    opset = int(m[3]) if m[3] else {'': 23, 'ai.onnx.ml': 4}.get(domain, 1)
    attributes = {}
    if s.take('(?=<)'):
        for part in split_commas(s.balanced('<', '>')):
            name, equals, value = part.partition('=')
            if not equals:
                raise RowError(f'attribute "{part}" has no value')
            attributes[name.strip()] = value.strip()
    passed, _, captured = s.balanced('(', ')').partition(';')
    inputs, captured = ([parse_operand(p) for p in split_commas(part)] for part in (passed, captured))
    s.demand('->', "'->'")
    error, outputs = None, []
    if s.take('error'):
        error = s.demand('"([^"]*)"', 'the text of the error')[1]
    else:
        outputs = [parse_operand(p) for p in split_commas(s.balanced('(', ')'))]
        if any(o is not None and o.items is not None for o in outputs):
            raise RowError("an output's items have one type: seq(…)")
    clauses = {'needs': [], 'avoid': []}
    while m := s.take('(needs|avoid) '):
        end = re.compile(r'\b(needs|avoid|unrun|perhaps)\b').search(s.text, s.at)
        end = end.start() if end else len(s.text)
        clauses[m[1]] += split_commas(s.text[s.at:end])
        s.at = end
    unrun = s.take('unrun "([^"]*)"')
    perhaps = None if unrun else s.take('perhaps "([^"]*)"')
    s.skip()
    if s.at < len(s.text):
        raise RowError(f'cannot read "{s.text[s.at:]}"')
    return Row(line, text, domain, op, opset, attributes, inputs, captured, outputs, error, clauses['needs'],
               clauses['avoid'], unrun[1] if unrun else None, perhaps[1] if perhaps else None)


def parse_operand(text):
    """-> Tensor, or None for `_`."""
    if text == '_':
        return None
    m = re.fullmatch(r'seq\{(.+)\}', text)
    if m:
        items = [parse_operand(part) for part in split_commas(m[1])]
        return Tensor(items[0].type, None, container='seq', items=items)
    m = re.fullmatch(r'(seq|opt)\((.*)\)', text)
    if m:
        inner = parse_operand(m[2])
        inner.container = m[1] + ('(' + inner.container + ')' if inner.container else '')
        return inner
    m = re.fullmatch(r'map\((\w+), (\w+)\)', text)
    if m and m[1] in TYPES and m[2] in TYPES:
        return Tensor(TYPES[m[2]], None, [], key=TYPES[m[1]])
    s = _Scanner(text)
    m = s.demand('[a-z][a-z0-9]*', 'a type')
    if m[0] not in TYPES:
        raise RowError(f'unknown type "{m[0]}"')
    tensor = Tensor(TYPES[m[0]], [])
    if s.take(r'(?=\[)'):
        inside = s.balanced('[', ']').strip()
        if inside.startswith('...'):
            tensor.dims, tensor.run_dims = None, split_commas(inside[3:]) or ['2', '3', '4']
        else:
            tensor.dims = split_commas(inside)
    unknown = s.take('~')
    if s.take(r'(?={)'):
        elements = _spread(split_commas(s.balanced('{', '}')), tensor.dims)
        setattr(tensor, 'run_elements' if unknown else 'elements', elements)
    elif unknown:
        m = s.demand(r'(-?[0-9.]+?)\.\.(-?[0-9.]+)', 'a range like 0..3')
        tensor.value_range = (float(m[1]), float(m[2]))
    s.skip()
    if s.at < len(s.text):
        raise RowError(f'cannot read "{s.text[s.at:]}" of "{text}"')
    return tensor


def _spread(elements, dims):
    """A last `...` repeats the element before it until the shape is full."""
    if not elements or elements[-1] != '...':
        return elements
    if len(elements) < 2 or dims is None or not all(d.isdigit() for d in dims):
        raise RowError('"..." needs an element before it, and a shape in numbers')
    count = 1
    for d in dims:
        count *= int(d)
    return elements[:-1] + [elements[-2]] * (count - len(elements) + 1)
