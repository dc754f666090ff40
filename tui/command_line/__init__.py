"""The subcommands of `preptrain`, one module a group; each is imported when it is asked for."""
