"""Each option has its flag, its key in symshape.toml and its field in the C++ struct; each diagnostic id has its page."""

import os
import re

from support import command

# What the three call the same: flag, key, field. `--name` and `--range` are short forms of others.
SAME = {
    '--bind': ('bind', 'bind'), '--assume': ('assume', 'assume'), '--assume-positive': ('assume_positive', 'assume_positive'),
    '--dynamic-axes': ('dynamic_axes', 'dynamic_axes'), '--name': ('name', 'dynamic_axes'), '--rename': ('rename', 'rename'),
    '--unify': ('unify', 'unify'), '--replace': ('replace', 'replace'), '--range': ('range', 'assume'),
    '--all-dynamic': ('all_dynamic', 'all_dynamic'), '--batch': ('batch', 'batch'), '--op': ('op', 'ops'),
}
NOT_ON_THE_COMMAND_LINE = {'rules'}   # C++ functions
NO_OPTION = {'model'}                 # the table of one model


def read(path):
    with open(os.path.join(command.ROOT, path), encoding='utf-8') as f:
        return f.read()


def test_the_three_lists_agree():
    flags = set(re.findall(r'\{"(--[a-z-]+)"', read('tools/cli/model_args.cc')))
    assert flags == set(SAME)
    keys = set(re.findall(r'"(\w+)"', re.search(r'kKeys\[\] = \{(.*?)\}', read('lib/api/options_file.cc'), re.S)[1]))
    assert keys - NO_OPTION == {key for key, _ in SAME.values()}
    struct = re.search(r'struct Options \{(.*?)\n\};', read('include/symshape/options.h'), re.S)[1]
    fields = set(re.findall(r'^  [\w:<>, ]+ (\w+) = ', re.sub(r'using .*', '', struct), re.M))
    assert fields - NOT_ON_THE_COMMAND_LINE == {field for _, field in SAME.values()}


def used_ids():
    for folder in ('engine', 'queries', 'rules', 'report', 'graph'):
        for name in sorted(os.listdir(os.path.join(command.ROOT, 'lib', folder))):
            text = read(f'lib/{folder}/{name}') if name.endswith('.cc') else ''
            yield from re.findall(r'\bid = "([a-z-]+)"|AtNode\([^"]*"([a-z-]+)"|\bAdd\("([a-z-]+)"', text)


def test_each_id_has_a_page(folder):
    listed = {line.split()[0] for line in folder.run('explain').stdout.splitlines()}
    used = {next(filter(None, found)) for found in used_ids()}
    assert len(used) >= 12 and used <= listed
    for id in listed:
        page = folder.run('explain', id)
        assert page.returncode == 0 and page.stdout.startswith(id) and 'What to do: ' in page.stdout
