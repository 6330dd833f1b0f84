"""libvips, configured once in a process: which loaders may run, and how much it may use.

Import `pyvips` from here only.
"""

import logging

import pyvips

# Its messages may quote the file, hence its maker; what matters of them arrives as an exception.
logging.getLogger("pyvips").setLevel(logging.CRITICAL)

# Of all the loaders that the library was built with, these five exist for us. Blocking the base
# class blocks the rest, also those that a later version brings.
LOADERS = ("Jpeg", "Png", "Webp", "Nsgif", "Heif")

pyvips.block_untrusted_set(True)
pyvips.operation_block_set("VipsForeignLoad", True)
for _loader in LOADERS:
    pyvips.operation_block_set(f"VipsForeignLoad{_loader}", False)

# No picture is decoded twice, so remembered operations would only hold its memory.
pyvips.cache_set_max(0)
# Workers are processes: a picture has one core, and there are as many at work as there are workers.
pyvips.concurrency_set(1)

__all__ = ["pyvips"]
