"""Who may include whom: includes_test.py ROOT MAY_INCLUDE

MAY_INCLUDE is written by CMake from the modules' own lists, a line 'module: target target …' each.
Headers are found from lib/ whoever asks, so the linker alone would not see an include against the
direction of the modules; this does. Outside lib/: include/ and tools/ see the public headers only.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)

# What a link target lets one include, where it is not the folder of the module or of the package.
# Which protobuf there is onnx decides, whose messages derive from it.
PREFIXES = {
    "ONNX::onnx": ["onnx/", "google/protobuf/"],
    "nlohmann_json::nlohmann_json": ["nlohmann/"],
    "protozero::protozero": ["protozero/"],
    "symshape::symshape": ["symshape/"],
    "tomlplusplus::headers": ["toml++/"],
}
OUTSIDE = {
    "include": ["symshape/", "absl/"],
    "tools": ["symshape/", "cli/", "absl/", "CLI/", "nlohmann/"],
}


def prefixes(target):
    namespace, _, name = target.partition("::")
    return PREFIXES.get(target) or [f"{name}/" if namespace == "symshape" else f"{namespace}/"]


def allowed_in_lib(lines):
    allowed = {}
    for line in lines:
        module, targets = line.split(":", 1)
        allowed[module] = [f"{module}/", "absl/"]
        for target in targets.split():
            allowed[module] += prefixes(target)
    allowed["api"].append("symshape/")
    allowed["symbolic"].append("symshape/dim.h")
    return allowed


def wrong(text, allowed):
    """The includes of `text` that no prefix allows. Without a '/', it is the standard library's."""
    found = INCLUDE.findall(text)
    system = ("sys/", "linux/")
    return [name for name in found if "/" in name and not name.startswith((*allowed, *system))]


def check_the_check():
    assert wrong('#include "rules/table.h"\n', ["graph/"]) == ["rules/table.h"]
    assert wrong(' #  include <onnx/checker.h>\n', ["graph/"]) == ["onnx/checker.h"]
    assert wrong('#include "graph/a.h"\n#include <vector>\n// #include "rules/b.h"\n', ["graph/"]) == []


def main(root, may_include):
    check_the_check()
    root = pathlib.Path(root)
    in_lib = allowed_in_lib(pathlib.Path(may_include).read_text().split("\n")[:-1])
    files = failures = 0
    for folder in ("lib", "include", "tools"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".cc", ".h"):
                continue
            files += 1
            where = path.relative_to(root)
            module = where.parts[1]
            if folder == "lib" and module not in in_lib:
                sys.exit(f"{where}: lib/{module} is no symshape_module")
            allowed = in_lib[module] if folder == "lib" else OUTSIDE[folder]
            for name in wrong(path.read_text(encoding="utf-8"), allowed):
                failures += 1
                print(f"{where}: may not include {name}\n    it may: {' '.join(allowed)}")
    print(f"{files - failures} passed, {failures} failed")
    sys.exit(bool(failures or not files))


main(*sys.argv[1:])
