import torch


class Trainer:
    def __init__(self, model, lr=0.05):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=lr)
        self.sched = torch.optim.lr_scheduler.StepLR(self.opt, 2, 0.5)

    def begin_train(self):
        self.model.train()  # HERE

    def begin_eval(self):
        self.model.eval()
        torch.set_grad_enabled(False)  # HERE

    def train(self, batches):
        self.begin_train()
        for x, y in batches:
            loss = torch.nn.functional.mse_loss(self.model(x), y)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
        self.sched.step()

    def evaluate(self, batches):
        self.begin_eval()
        parts = [torch.nn.functional.mse_loss(self.model(x), y).item() for x, y in batches]
        return sum(parts) / len(parts)


def cubes(n, size):
    x = torch.rand(n, 1) * 2 - 1
    return list(zip(x.split(size), (x ** 3).split(size)))


torch.manual_seed(2)
trainer = Trainer(torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)))
train_set, test_set = cubes(160, 16), cubes(64, 32)
for epoch in range(4):
    trainer.train(train_set)
    print("epoch", epoch, "test mse %.4f" % trainer.evaluate(test_set))
