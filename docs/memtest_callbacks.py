"""Callbacks that save the features of a network while it trains: Lightning's and Keras'. Copy this file and memtest_features.py.

The network is added to features, a memtest_features.Features, after each of these epochs and after the last one, as NETWORK@EPOCH;
then all goes into one file. Epoch 0 is before the first: the untrained network, or, where it is pretrained, start."""
import importlib, sys
import numpy as np

class _Epochs:
    def __init__(self, path, features, epochs, network="net", pretrained=False):
        self.path, self.features, self.epochs, self.network, self.pretrained = path, features, set(epochs), network, pretrained
        self.epoch, self.added = 0, None

    def reached(self, epoch, model, last=False):
        if epoch < self.epoch:
            raise ValueError(f"training begins again at epoch {epoch}, but {self.epoch} were saved: make another callback, or go on from epoch {self.epoch}")
        self.epoch = epoch
        if (last or epoch in self.epochs) and self.added != epoch:
            self.features.add("start" if self.pretrained and epoch == 0 else f"{self.network}@{epoch}", model)
            self.added = epoch

    def finished(self, model):
        self.reached(self.epoch, model, last=True)
        np.savez(self.path, **self.features.arrays)

def lightning_callback(path, features, epochs, **named):
    """For Trainer(callbacks=[...]) of lightning, or of pytorch_lightning. Of several processes the first one saves."""
    package = importlib.import_module("lightning.pytorch" if "lightning" in sys.modules else "pytorch_lightning")
    at = _Epochs(path, features, epochs, **named)
    class SaveFeatures(package.Callback):
        def on_fit_start(self, trainer, module):
            if trainer.is_global_zero:
                at.reached(trainer.current_epoch, module)
        def on_train_epoch_end(self, trainer, module):
            if trainer.is_global_zero:
                at.reached(trainer.current_epoch + 1, module)
        def on_fit_end(self, trainer, module):
            if trainer.is_global_zero:
                at.finished(module)
    return SaveFeatures()

def keras_callback(path, features, epochs, **named):
    """For fit(callbacks=[...])."""
    import keras
    at = _Epochs(path, features, epochs, **named)
    class SaveFeatures(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            at.reached(epoch, self.model)
        def on_epoch_end(self, epoch, logs=None):
            at.reached(epoch + 1, self.model, last=self.model.stop_training or epoch + 1 == self.params["epochs"])
        def on_train_end(self, logs=None):
            at.finished(self.model)
    return SaveFeatures()
