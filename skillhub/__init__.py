"""SkillHub: training, certificates and subsidies for district gig-work markets."""

__version__ = "0.1.0"
