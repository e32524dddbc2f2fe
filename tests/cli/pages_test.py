"""The pages show what the command prints (tools/pages.py), and no flag that it has not."""

import os
import sys

import pytest

from support import command

sys.path.insert(0, os.path.join(command.ROOT, 'tools'))
import pages  # noqa: E402

LEAST = {'README.md': 1, 'docs/contract.md': 7, 'docs/diagnostics.md': 17, 'docs/naming.md': 3, 'docs/solver.md': 3, 'docs/tutorial.md': 7}


def test_pages_with_commands():
    assert {page for page in pages.PAGES if pages.shown_in(pages.read(page))} == set(LEAST)


@pytest.mark.parametrize('page', LEAST)
def test_pages_show_real_output(page, monkeypatch):
    monkeypatch.setenv('SYMSHAPE', command.SYMSHAPE)
    assert len(pages.shown_in(pages.read(page))) >= LEAST[page]
    _, different = pages.remade(page)
    assert not different, 'tools/pages.py --write'


@pytest.mark.parametrize('page', pages.PAGES)
def test_flags_that_pages_name_exist(folder, page):
    called = [line for line in pages.read(page) if pages.COMMAND.fullmatch(line) or line.startswith('    symshape ')]
    for line in called:
        words = pages.words_of(line if '$' in line else line.replace('    symshape', '    $ symshape'))
        usage = folder.run(words[0], '--help')
        assert usage.returncode == 0, line
        assert all(w.split('=')[0] in usage.stdout for w in words[1:] if w.startswith('--')), line


def test_each_diagnostic_has_its_place(folder):
    ids = [line.split()[0] for line in folder.run('explain').stdout.splitlines()]
    lines = pages.read('docs/diagnostics.md')
    assert [line[3:] for line in lines if line.startswith('## ')] == ids
    assert [pages.words_of(line) for line in lines if pages.COMMAND.fullmatch(line)] == [['explain', i] for i in ids]


def test_the_version_has_an_entry_in_the_changes(folder):
    version = folder.run('--version').stdout.split()[1]
    assert f'## {version}' in pages.read('CHANGELOG.md')
