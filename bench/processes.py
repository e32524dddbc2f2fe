"""processes.py: whole processes beside one another, in turn, and what Google benchmark measured, as one table.

    processes.py --symshape S --peer P --python PY --real MODEL... --work FOLDER --benchmarks JSON... --out STEM

Writes STEM.md and STEM.json. Times are medians of runs that take turns (A B A B …); a ratio is the median of the
ratios pair by pair, so that it holds where the machine's speed drifts. `--quick` leaves out what takes minutes.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = ['timeout', '120']  # of a peer in Python on one model; what takes longer counts as failed
PEERS = ['onnxruntime_script', 'onnx_shape_inference', 'onnxsim', 'onnxslim']
HERE = Path(__file__).parent


class Failed(Exception):
    pass


def run(command):
    """Wall and CPU seconds, peak MiB of one process."""
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, fd, '/dev/null', os.O_WRONLY, 0) for fd in (1, 2)])
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        raise Failed(command)
    return {'wall': wall, 'cpu': usage.ru_utime + usage.ru_stime, 'MiB': usage.ru_maxrss / 1024}


def in_turn(commands, runs, before=None, warm=True):
    """Per command its runs, after one that does not count."""
    results = [[] for _ in commands]
    for i in range(0 if warm else 1, runs + 1):
        for k, command in enumerate(commands):
            if before:
                before()
            measured = run([str(word) for word in command])
            if i > 0:
                results[k].append(measured)
    return results


def median(runs, what='wall'):
    return statistics.median(r[what] for r in runs)


def ratio(runs, others, what='wall'):
    return statistics.median(a[what] / b[what] for a, b in zip(runs, others))


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, figure, target='', note=''):
        self.rows.append({'what': what, 'figure': figure, 'target': target, 'note': note})
        print(f'{what}: {figure}  {target}  {note}', file=sys.stderr)

    def markdown(self):
        lines = ['| what | figure | target | note |', '|---|---|---|---|']
        return '\n'.join(lines + ['| {what} | {figure} | {target} | {note} |'.format(**r) for r in self.rows]) + '\n'


def times(value):
    return f'{value:.1f}x' if value >= 3 else f'{value:.2f}x'


def graphs(table, args):
    """What Google benchmark measured in one process."""
    cpu = {}
    for path in args.benchmarks:
        for b in json.loads(Path(path).read_text())['benchmarks']:
            cpu[b['name'].split('/min_time:')[0]] = (b['cpu_time'], b.get('items_per_second'))
    for kind in ['transformer', 'chain', 'wide', 'unet', 'control_flow']:
        for nodes in [1000, 10_000, 100_000, 1_000_000]:
            def of(what):
                return cpu.get(f'{kind}/{what}/{nodes}', (None,))[0]
            ours = of('InferAlone')
            if ours is None:
                continue
            note = f'{ours * 1e3 / nodes:.2f} us a node'
            if of('Onnx'):
                note += f'; with building the graph {times(of("Onnx") / of("Infer"))}, with data propagation {times(of("OnnxDataPropagation") / ours)}'
                target = 'at least 10x' if kind == 'transformer' and nodes >= 10_000 else ''
                table.add(f'{kind}, {nodes:,} nodes: inference alone, faster than InferShapes', times(of('Onnx') / ours), target, note)
            if of('BytesToBytes'):
                table.add(f'{kind}, {nodes:,} nodes: bytes to bytes, of protobuf\'s parse and serialise', f'{of("BytesToBytes") / of("ProtobufBytesToBytes"):.2f}', '')
        for what, title in [('InferAlone', 'inference alone'), ('BytesToBytes', 'bytes to bytes')]:
            small, large = (cpu.get(f'{kind}/{what}/{n}', (None,))[0] for n in (100_000, 1_000_000))
            if small and large:
                table.add(f'{kind}: time a node at 1,000,000 nodes, of that at 100,000, {title}', f'{large / small / 10:.2f}', 'at most 1.25')
    real = sorted(name.split('/')[-1] for name in cpu if name.startswith('real/InferAlone/'))
    if real:
        for peer in ['Onnx', 'OnnxDataPropagation']:
            ratios = [cpu[f'real/{peer}/{m}'][0] / cpu[f'real/InferAlone/{m}'][0] for m in real]
            table.add(f'{len(real)} real models: inference alone, faster than InferShapes{" with data propagation" if peer != "Onnx" else ""}',
                      times(statistics.median(ratios)), 'median at least 5x', f'from {times(min(ratios))} to {times(max(ratios))}')
    for name, (time_ns, items) in cpu.items():
        if items and name.split('/')[0] in ('Rule', 'Memo', 'Scan', 'Splice'):
            table.add(f'micro: {name}', f'{1e9 / items:.0f} ns')


def real_models(table, args, folder, where, peers):
    """Results go to `folder`. In memory a sync costs nothing: there it is the tools that are compared, not the disk."""
    out = folder / 'out.onnx'
    walls, cpus, slower = [], [], {peer: [] for peer in peers}
    cpu_ratios = {peer: [] for peer in slower}
    failed = {peer: 0 for peer in slower}
    for model in args.real:
        ours = [args.symshape, 'infer', model, '-o', out, '-q', '--external-data', 'keep']
        for peer in slower:
            theirs = [args.peer, peer, model, out] if peer not in PEERS else LIMIT + [args.python, HERE / 'peers.py', peer, model, out]
            try:
                a, b = in_turn([ours, theirs], 7) if peer not in PEERS else in_turn([ours, theirs], 1, warm=False)
            except Failed as failure:
                if args.symshape in map(str, failure.args[0]):
                    raise
                failed[peer] += 1
                continue
            slower[peer].append(ratio(b, a))
            cpu_ratios[peer].append(ratio(b, a, 'cpu'))
            if peer == 'infer':
                walls.append(median(a))
                cpus.append(median(a, 'cpu'))
    table.add(f'{len(args.real)} real models, whole process, {where}', f'{statistics.median(walls) * 1e3:.1f} ms', 'at most 10 ms',
              f'median of wall times; slowest {max(walls) * 1e3:.1f} ms; CPU {statistics.median(cpus) * 1e3:.1f} ms')
    targets = {'infer': 'at least 3x', 'onnxruntime_script': 'at least 100x', 'onnx_shape_inference': 'at least 30x'}
    for peer, ratios in slower.items():
        if ratios:
            name = {'infer': "onnx's C++", 'propagate': "onnx's C++ with data propagation"}.get(peer, peer.replace('_', ' '))
            note = f'from {times(min(ratios))} to {times(max(ratios))}; of CPU time {times(statistics.median(cpu_ratios[peer]))}' + (f'; it fails on {failed[peer]}, or takes over 2 minutes' if failed[peer] else '')
            table.add(f'the same, faster than {name}', times(statistics.median(ratios)), targets.get(peer, ''), note)


def large_graph(table, args):
    out = args.work / 'out.onnx'
    floor = median(in_turn([[args.symshape, '--version']], 5)[0], 'MiB')
    cpu = {}
    for kind, nodes in itertools.product(['control_flow', 'transformer'], [100_000, 1_000_000]):
        model = args.work / f'{kind}{nodes}.onnx'
        run([args.peer, 'make', kind, str(nodes), str(model)])
        ours, theirs = in_turn([[args.symshape, 'infer', model, '-o', out, '-q'], [args.peer, 'parse', model, out]], 5)
        cpu[nodes] = median(ours, 'cpu') / nodes
        if nodes == 1_000_000:
            table.add(f'{kind}, whole process: time a node at 1,000,000 nodes, of that at 100,000', f'{cpu[nodes] / cpu[100_000]:.2f}', 'at most 1.25',
                      f'CPU; {cpu[nodes] * 1e6:.2f} us a node')
        table.add(f'{kind}, {nodes:,} nodes, whole process with sync, of protobuf\'s parse and serialise', f'{ratio(ours, theirs):.2f}',
                  'at most 1.0' if nodes == 100_000 else '', f'wall; CPU {ratio(ours, theirs, "cpu"):.2f}; {median(ours) * 1e3:.0f} ms')
        size = model.stat().st_size / 2**20
        for name, runs in [('', ours), (", protobuf's parse and serialise", theirs)]:
            table.add(f'{kind}, {nodes:,} nodes, peak memory a node beyond the file{name}', f'{(median(runs, "MiB") - floor - size) * 2**20 / nodes:.0f} bytes',
                      '' if name else 'at most 400')
        model.unlink()


def weights(table, args):
    # What is being written back from the runs before would be waited for by the next.
    sync = lambda: subprocess.run(['sync'], check=True)
    out, copy = args.work / 'out.onnx', args.work / 'copy.onnx'
    for megabytes, where in [(1900, 'inline'), (3072, 'in another file')]:
        model = args.work / 'weights.onnx'
        run([args.peer, 'weights', str(model), str(megabytes)])
        data = Path(f'{model}.data')
        files = [model] + ([data] if data.exists() else [])
        to = args.work / 'to'
        to.mkdir(exist_ok=True)
        ours = [args.symshape, 'infer', model, '-o', to / 'weights.onnx', '-q'] + (['--external-data', 'copy'] if data.exists() else [])
        shell = ' && '.join(f'cp --reflink=never {f} {copy}{i} && sync {copy}{i}' for i, f in enumerate(files))
        def before():
            for path in list(to.iterdir()) + list(args.work.glob('copy.onnx*')):
                path.unlink()
            sync()
        a, b = in_turn([ours, ['sh', '-c', shell]], 5, before)
        table.add(f'{megabytes} MiB of weights {where}, wall, of cp and sync', f'{ratio(a, b):.2f}', 'at most 1.1', f'{median(a):.1f} s and {median(b):.1f} s')
        table.add(f'{megabytes} MiB of weights {where}, peak memory', f'{median(a, "MiB"):.0f} MiB', 'at most 80 MiB')
        before()
        for path in files:
            path.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ['symshape', 'peer', 'python', 'out']:
        parser.add_argument(f'--{name}', required=True)
    parser.add_argument('--work', type=Path, required=True)
    parser.add_argument('--real', type=Path, nargs='*', default=[])
    parser.add_argument('--benchmarks', nargs='*', default=[])
    parser.add_argument('--quick', action='store_true')
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    table = Table()
    graphs(table, args)
    if args.real:
        real_models(table, args, args.work, 'to disk, with sync', ['infer', 'propagate'])
        with tempfile.TemporaryDirectory(dir='/dev/shm' if os.path.isdir('/dev/shm') else None) as memory:
            real_models(table, args, Path(memory), 'to memory', ['infer', 'propagate'] + ([] if args.quick else PEERS))
    large_graph(table, args)
    if not args.quick:
        weights(table, args)
    Path(f'{args.out}.md').write_text(table.markdown())
    Path(f'{args.out}.json').write_text(json.dumps({'v': 1, 'rows': table.rows}, indent=2) + '\n')


if __name__ == '__main__':
    main()
