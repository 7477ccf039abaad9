"""Traffic and autoscaling: how long answers take, how many fail, how many tasks run, and why."""

from groundplan.simulation.traffic.demand import Demand, demand
from groundplan.simulation.traffic.facts import Cost, Subject, subject, subjects
from groundplan.simulation.traffic.report import Result, run, to_data

__all__ = ["Cost", "Demand", "Result", "Subject", "demand", "run", "subject", "subjects", "to_data"]
