"""The manual page and the completions name every command and every flag, as --help does."""

import re

import pytest

REQUESTS = {'.TH', '.SH', '.SS', '.TP', '.PP', '.nf', '.fi', '.sp'}


def commands_of(folder):
    usage = folder.run('--help').stdout
    return re.findall(r'^  ([a-z]+) ', usage.split('SUBCOMMANDS:')[-1].split('exit codes')[0], re.M)


def flags_of(folder, command):
    return set(re.findall(r'^ +(?:-\w, ?)?(--[a-z][a-z-]*)', folder.run(command, '--help').stdout.split('examples:')[0], re.M))


def test_the_page(folder):
    page = folder.run('man').stdout
    lines = page.split('\n')
    assert lines[0].startswith('.TH SYMSHAPE 1 ')
    assert {line.split(' ')[0] for line in lines if line.startswith('.')} <= REQUESTS
    assert not [line for line in lines if line.startswith("'")]
    commands = commands_of(folder)
    assert len(commands) >= 14 and [f'.SS symshape {c}' for c in commands] == [line for line in lines if line.startswith('.SS ')]
    sections = dict(zip(commands, re.split(r'^\.SS .*$', page, flags=re.M)[1:]))
    for command in commands:
        shown = sections[command].replace('\\-', '-')
        assert all(f'\\fB{flag}\\fR' in shown for flag in flags_of(folder, command)), command
        assert 'examples:' in shown or command in ('ops', 'completion')
    assert '0 ok, 1 findings' in page


@pytest.mark.parametrize('shell', ['bash', 'zsh', 'fish'])
def test_completions(folder, shell):
    script = folder.run('completion', shell).stdout
    for command in commands_of(folder):
        assert re.search(rf'\b{command}\b', script)
        assert all(flag.removeprefix('--') in script for flag in flags_of(folder, command)), command
