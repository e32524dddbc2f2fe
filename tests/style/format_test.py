"""Every C++ file is as clang-format writes it (.clang-format)."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
FOLDERS = ['lib', 'include', 'tools', 'bench', 'tests', 'python']  # docs/examples are as wide as a page
CLANG_FORMAT = pathlib.Path(sys.executable).parent / 'clang-format'


def test_files_are_formatted():
    files = subprocess.run(['git', 'ls-files', *(f'{folder}/*.{end}' for folder in FOLDERS for end in ('cc', 'h'))], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.split()
    assert len(files) > 300
    run = subprocess.run([CLANG_FORMAT, '--dry-run', '-Werror', *files], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, f'run clang-format -i on these:\n{run.stderr[-3000:]}'
