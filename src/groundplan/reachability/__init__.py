"""Who reaches whom in a network that does not exist yet: proven over exact sets of packets."""

from groundplan.reachability.answers import Answer, Question, ask
from groundplan.reachability.gates import Hop
from groundplan.reachability.packets import Ports

__all__ = ["Answer", "Hop", "Ports", "Question", "ask"]
