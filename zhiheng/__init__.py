"""Zhiheng (质衡) runs a quality-governance programme from plan to proof."""

__version__ = "0.1.0"
