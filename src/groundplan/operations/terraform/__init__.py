"""Environments that Terraform deploys to AWS: a real engine runs on the files that ``engines.terraform`` renders.

``engine`` finds it, ``folder`` is where it works, ``run`` talks to it, ``failures`` says in a person's words why it
refuses. ``plan``, ``apply``, ``destroy``, ``state`` and ``drift`` are what the commands do.
"""
