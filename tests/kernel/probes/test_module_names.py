"""Modules go by the names that the program has for them, and each object by its own."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import stdout_of, steps
from tutor_tui.protocol.messages import Accumulate, Op
from tutor_tui.trace.record.trace import Trace

Record = Callable[..., Trace]

CODER = """
import torch
from torch import nn

class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        self.more = [nn.Linear(2, 2), nn.Linear(2, 2)]

    def forward(self, x):
        for layer in self.more:
            x = layer(x)
        return nn.Tanh()(self.net(x))

x = torch.ones(1, 2)
"""


def modules(trace: Trace) -> list[str]:
    """The modules of a record in the order in which they first ran."""
    return list(dict.fromkeys(op.module for op in steps(trace, Op) if op.module))


def test_two_objects_of_one_class_are_two(record: Record) -> None:
    trace = record(CODER + "encoder, decoder = Coder(), Coder()\ny = decoder(encoder(x))\n")
    parts = ["more[0]", "more[1]", "net.0", "net.1", "Tanh"]
    assert modules(trace) == [f"{name}.{part}" for name in ("encoder", "decoder") for part in parts]


def test_the_name_is_the_variable_or_the_attributes_that_lead_there(record: Record) -> None:
    trace = record(
        CODER
        + """
class Gan:
    def __init__(self):
        self.D, self.G = nn.Linear(2, 1), nn.Linear(2, 2)
    def run(self, x):
        return self.D(self.G(x))

gan = Gan()
gan.run(x)
agents = [Gan(), Gan()]
for agent in agents:
    agent.run(x)
heads = {"a": nn.Linear(2, 2), "b": nn.Linear(2, 2)}
for name, head in heads.items():
    head(x)
def step(model):
    return model(x)
def main():
    net = nn.Linear(2, 2)
    return step(net)
main()
step(nn.Linear(2, 2))
nn.Linear(2, 2)(x)
"""
    )
    assert modules(trace) == [
        *("gan.G", "gan.D", "agents[0].G", "agents[0].D", "agents[1].G", "agents[1].D"),
        *("heads['a']", "heads['b']", "net", "model", "Linear"),
    ]


def test_what_is_made_anew_under_one_name_keeps_it_unless_both_live(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        x, kept = torch.ones(1, 2), {}
        for width in (1, 2):
            net = nn.Linear(2, width)
            net(x)
        first = net
        net = nn.Linear(2, 3)
        net(x)
        """
    )
    assert modules(trace) == ["net", "net (2)"]
    assert [o.outputs[0].shape[1] for o in steps(trace, Op) if o.module == "net"] == [1, 2]


def test_a_call_that_never_came_back_leaves_nothing_behind(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        class Fails(nn.Module):
            def forward(self, x):
                raise ValueError(x + 1)
        net = Fails()
        try:
            net(torch.ones(1))
        except ValueError:
            pass
        y = torch.ones(2) * 2
        """
    )
    assert [(o.name, o.module) for o in steps(trace, Op)] == [
        *(("ones", ""), ("add", "net"), ("ones", ""), ("mul", "")),
    ]


def test_each_thread_has_its_own_calls(record: Record) -> None:
    trace = record(
        """
        import threading
        import torch
        from torch import nn
        both = threading.Barrier(2)
        class Slow(nn.Module):
            def forward(self, x):
                both.wait()
                y = x * 2
                both.wait()
                return y
        one, two = Slow(), Slow()
        threads = [threading.Thread(target=net, args=(torch.ones(n),)) for n, net in ((1, one), (2, two))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        """
    )
    assert {(o.module, o.outputs[0].shape[0]) for o in steps(trace, Op) if o.name == "mul"} == {
        ("one", 1),
        ("two", 2),
    }


def test_no_code_of_the_program_runs_to_find_a_name(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        class Trap:
            def __getattribute__(self, name):
                print("looked at", name)
                return object.__getattribute__(self, name)
            __class__ = property(lambda self: print("asked its class") or Trap)
        class Keyed(dict):
            def items(self):
                print("asked its items")
                return super().items()
        class Own(nn.Module):
            __hash__ = None
            def __eq__(self, other):
                print("compared")
                return True
            def named_modules(self, *args, **kwargs):
                print("asked its modules")
                return iter(())
            def forward(self, x):
                return x + 1
        a, b, c, d = Trap(), Keyed(k=Trap()), Own(), [Trap()]
        c(torch.ones(1))
        """
    )
    assert modules(trace) == ["c"]
    assert stdout_of(trace) == ""


def test_modules_that_contain_each_other_and_change_as_they_run(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        class Ring(nn.Module):
            def __init__(self):
                super().__init__()
                self._modules["itself"] = self
                self.inner = nn.Linear(1, 1)
            def forward(self, x):
                x = self.inner(x)
                self.inner = nn.Linear(1, 1)
                return self.inner(x)
        ring = Ring()
        ring(ring(torch.ones(1)))
        """
    )
    assert [o.module for o in steps(trace, Op) if o.name == "linear"] == ["ring.inner"] * 4


def test_parameters_go_by_the_module_and_not_by_a_loop_or_an_argument(record: Record) -> None:
    trace = record(
        """
        import torch
        from torch import nn
        def prepared(layer):
            nn.init.zeros_(layer.bias)
            return layer
        class Agent(nn.Module):
            def __init__(self):
                super().__init__()
                self.actor = nn.Sequential(prepared(nn.Linear(2, 2)), nn.Tanh(), prepared(nn.Linear(2, 1)))
                for m in self.actor.modules():
                    pass
        class Holder:
            def __init__(self):
                self.agent = Agent()
        def main():
            holder = Holder()
            holder.agent.actor(torch.ones(1, 2)).sum().backward()
            return holder
        kept = main()
        """
    )
    end = len(trace.steps) - 1
    leaves = [s.tensor for s in steps(trace, Accumulate)]
    assert {trace.naming.name_of(leaf, end) for leaf in leaves} == {
        f"holder.agent.actor.{layer}.{part}" for layer in (0, 2) for part in ("weight", "bias")
    }
