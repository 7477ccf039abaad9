"""Plans without provider, network or account: the real engine, and a stand-in for providers that knows their schemas.

``provider`` is the stand-in, a plugin of Terraform; ``protocol``, ``plugin`` and ``certificate`` are how it talks to
Terraform; ``lifecycle`` is what it does with values. ``installation`` puts it where an engine looks for providers, and
``root`` opens an environment in front of it. Everything that listens does so on a socket in a folder of one's own.
"""
