"""D2's listing that is to raise the learning rate: what its schedule does, and what it leaves undefined."""

import ast
import builtins
import re

from companion import require, schedules

LISTING = """
learning_rate = 0.1
optimizer = optim.SGD(model.parameters(), lr=learning_rate)
lr_scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)
for epoch in range(100):
    train(...)
    val_loss = validate(...)
    print('Epoch [{}/{}], Validation Loss: {:.4f}'.format(epoch+1, num_epochs, val_loss))
    lr_scheduler.step()
"""
"""Typed anew, with the document's names, calls and numbers (4.3)."""


def rates_of(listing, epochs):
    """The rate that its StepLR has in each of so many epochs, a list.

    >>> rates_of(LISTING, 31)[-2:]
    [0.1, 0.010000000000000002]
    """
    found = [re.search(rf"{name} ?= ?([\d.]+)", listing) for name in ("learning_rate", "step_size", "gamma")]
    if None in found:
        raise ValueError(f"listing must set learning_rate, step_size and gamma, got {require.shown(listing)}")
    first, every, factor = (float(number[1]) for number in found)
    rate = schedules.step_decay(first, every=int(every), factor=factor)
    return [rate(epoch) for epoch in range(require.positive_int("epochs", epochs))]


def undefined(listing):
    """The names that it uses and defines nowhere, sorted.

    >>> undefined(LISTING)
    ['model', 'num_epochs', 'optim', 'torch', 'train', 'validate']
    """
    names = [node for node in ast.walk(ast.parse(listing)) if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)} | set(dir(builtins))
    return sorted({node.id for node in names} - made)
