"""Calls and lines are told alike whichever way a Python has for it, and nothing is left behind."""

from __future__ import annotations

from tests.pythons import MONITORING, ON_EVERY_PYTHON, run

_LONG = ", ".join(["i * i + i"] * 200)

CONSTRUCTS = """
def count(n):
    for i in range(n):
        try:
            yield i
        finally:
            i = 5


def apply():
    return (lambda a: a + 1)(3)


for i in range(3): x = i
while x < 4: x += 1
y = [a for a in range(3)]
z = [a +
     1 for a in range(2)]


def sink(d):
    if d == 0: raise ValueError(
        "no")
    return sink(d - 1)


try:
    sink(2)
except ValueError: pass
q = count(3)
next(q)
try: q.throw(KeyError)
except KeyError: w = 1
q = count(3); next(q); q.close()
for v in count(2): pass
apply()


class A:
    u = 3
    t = [_ for _ in range(2)]


with open("/dev/null") as nothing: nothing.read()


async def later():
    return 1


try:
    later().send(None)
except StopIteration:
    pass


def endless():
    n = 0
    while True:
        n += 1
        if n > 3: break
    while n > 0: n -= 1
    return sum(k for k in range(3))


endless()
r = (i for i in (1, 2)); list(r)
for i in range(3): w = (i * i + i, i - i, i * 2 + 1, [i, i, i], {i: i, "a": i}, i if i else -i, f"{i} {i:3} {i!r}", (
    i * i + i, i - i, i * 2 + 1, [i, i, i], {i: i, "a": i}, i if i else -i, f"{i} {i:3} {i!r}"))
for i in range(2): v = [LONG]
v = [[a * b for b in range(3)] for a in range(3)]; v = [a for a in range(2)]; v = [b for b in range(2)]
if v: v = 3
while True: v -= 1; w = [0 for w in range(v)]; u = v / 3 if v < 3 else v; v = u; break
if v: v = 3
while v: v -= 1
def spin():
    n = 0
    for i in range(3):
        while n < i * 3: n += 1
        while n % 2: n += 1
    return n
spin()
match x:
    case 1: pass
    case _: x = 2
del x
s = {a: b for a, b in zip("ab", range(2))} if y else None
assert all(n < 3 for n in (1, 2)), \
    "never"
for i in range(2):
    for j in range(2):
        if i == j: continue
        y.append(i)
else:
    y = sorted(y, key=lambda n:
               -n)
""".replace("LONG", _LONG)

FOLLOW = """
import sys, threading
from tutor_tui.kernel.tracing.by_settrace import BySettrace
from tutor_tui.kernel.tracing.choose import new_tracing
notes = []
class Events(list):
    def enter(self, frame):
        self.append((frame.f_code.co_name, "call", frame.f_lineno))
        return self.see
    def see(self, frame, event, arg):
        value = type(arg[1]).__name__ if event == "exception" else repr(arg) if event == "return" else ""
        self.append((frame.f_code.co_name, event, frame.f_lineno, value.split(" at 0x")[0]))
        return self.see
def follow(source, way, events=None, names=None):
    events = Events() if events is None else events
    tracing = way("prog.py".__eq__, events.enter, notes.append)
    code = compile(source, "prog.py", "exec")
    tracing.start()
    try:
        exec(code, {"__name__": "prog", "tracing": tracing, **(names or {})})
    finally:
        tracing.stop()
    return events
"""


@MONITORING
def test_both_ways_tell_the_same(python: str) -> None:
    found = run(
        python,
        f"""{FOLLOW}
source = {CONSTRUCTS!r}
one, other = follow(source, BySettrace), follow(source, new_tracing)
assert new_tracing is not BySettrace and one == other, [p for p in zip(one, other) if p[0] != p[1]][:1]
assert follow(source, new_tracing) == one  # and once more
print(len(one) > 150, sys.monitoring.get_tool(4), notes)
""",
    )
    assert found == "True None []\n"


@ON_EVERY_PYTHON
def test_what_a_trace_function_raises_lands_in_the_try_around(python: str) -> None:
    """A signal handler of the program's may run there. Python itself looks in a wrong place for one-line loops."""
    found = run(
        python,
        f"""{FOLLOW}
class Late(Events):
    def see(self, frame, event, arg):
        super().see(frame, event, arg)
        if event == "line" and sum(e[:2] == ("turn", "line") for e in self) == 6:
            raise KeyError
        return self.see
for loop in ("for i in range(n): n += 1", "for i in range(n):\\n   n += 1", "while n < 9: n += 1"):
    follow('''
def turn(n):
 try:
  n += 0
  ''' + loop + '''
 except KeyError:
  return "caught"
 return n
print(turn(5))
''', new_tracing, Late())
""",
    )
    assert found == "caught\n" * 3


@ON_EVERY_PYTHON
def test_threads_that_the_program_starts_are_followed_and_no_others(python: str) -> None:
    found = run(
        python,
        f"""{FOLLOW}
source = '''
import threading
def work():
    mine = 1
thread = threading.Thread(target=work)
thread.start()
thread.join()
go.set()
done.wait()
'''
go, done = threading.Event(), threading.Event()
names = dict(go=go, done=done)
def before():
    go.wait()
    exec(compile("def other(): pass\\nother()", "prog.py", "exec"))
    done.set()
for way in (BySettrace, new_tracing):
    go.clear(), done.clear()
    other = threading.Thread(target=before)
    other.start()
    events = follow(source, way, names=names)
    other.join()
    print([e[0] for e in events if e[1] == "call"])
""",
    )
    assert found == "['<module>', 'work']\n" * 2


@ON_EVERY_PYTHON
def test_a_frame_that_runs_already_is_followed_alone(python: str) -> None:
    found = run(
        python,
        f"""{FOLLOW}
source = '''
import sys
def callee():
    x = 1
def body():
    tracing.stop()
    tracing.only(sys._getframe(), events.see)
    for i in range(2):
        callee()
    raise KeyError
try:
    body()
except KeyError: x = 1
y = 2
'''
for way in (BySettrace, new_tracing):
    events = Events()
    follow(source, way, events, dict(events=events))
    print([e[1:3] for e in events[6:] if e[0] == "body" and e[1] != "exception"])
""",
    )
    lines = [("line", line) for line in (8, 9, 8, 9, 8, 10)]
    assert found == f"{[('call', 5), ('line', 6), *lines, ('return', 10)]}\n" * 2


@MONITORING
def test_a_program_that_wants_every_tool_of_monitoring_gets_it(python: str) -> None:
    found = run(
        python,
        f"""{FOLLOW}
source = '''
import sys
m = sys.monitoring
print([m.get_tool(i) for i in range(6)])
m.free_tool_id(4)
for i in range(6):
    m.use_tool_id(i, "mine")
    x = i
print([m.get_tool(i) for i in range(6)])
for i in range(6):
    m.free_tool_id(i)
'''
events = follow(source, new_tracing)
print(max(e[2] for e in events), [e[2] for e in events].count(8), notes[0].split(".")[0])
""",
    )
    free, taken, lost = found.splitlines()
    assert free == str([None] * 6)
    assert taken == str(["mine"] * 6)
    assert lost == "8 5 The program uses all of sys"


@MONITORING
def test_where_every_tool_is_taken_there_is_the_trace_function(python: str) -> None:
    found = run(
        python,
        f"""{FOLLOW}
for i in range(6):
    sys.monitoring.use_tool_id(i, "theirs")
print(len(follow({CONSTRUCTS!r}, new_tracing)) > 150)
""",
    )
    assert found == "True\n"


OWN = """
import sys, threading
from tutor_tui.kernel.tracing.by_settrace import BySettrace
told = []
tracing = BySettrace(lambda name: name == "<string>", lambda frame: lambda *_: None, told.append)
"""


@ON_EVERY_PYTHON
def test_a_trace_function_that_the_program_sets_while_nobody_looks_stays(python: str) -> None:
    found = run(
        python,
        f"""{OWN}
def mine(*_): return None
tracing.start()
tracing.stop()
sys.settrace(mine)
tracing.start()
tracing.start()
print(sys.gettrace() is mine, len(told))
tracing.stop()
print(sys.gettrace() is mine, threading.gettrace())
""",
    )
    assert found == "True 1\nTrue None\n"


@ON_EVERY_PYTHON
def test_a_program_that_puts_our_trace_function_back_is_followed_again(python: str) -> None:
    """As a library does that must not be traced; said once, however often."""
    found = run(
        python,
        f"""{OWN}
def first(*_): return None
sys.settrace(first)
tracing.start()
for _ in range(3):
    ours = sys.gettrace()
    sys.settrace(None)
    tracing.check()
    sys.settrace(ours)
    tracing.check()
print(len(told), sys.gettrace() is ours)
tracing.stop()
print(sys.gettrace() is first)
""",
    )
    assert found == "1 True\nTrue\n"


@ON_EVERY_PYTHON
def test_what_new_threads_begin_with_is_put_back(python: str) -> None:
    found = run(
        python,
        f"""{OWN}
from tutor_tui.kernel.tracing.choose import new_tracing
def mine(*_): seen.append(1)
for way in (tracing, new_tracing(lambda name: False, None, told.append)):
    seen = []
    threading.settrace(mine)
    way.start()
    print(threading.gettrace() is not mine, end=" ")
    way.stop()
    print(threading.gettrace() is mine, end=" ")
    way.start()
    threading.settrace(None)
    way.stop()
    print(threading.gettrace(), told)
""",
    )
    assert found == "True True None []\n" * 2
