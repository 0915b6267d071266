"""A city's worth of lifelike records, played through the models' own verbs on a clock that is put back."""
