"""What an engineer wants to see of a firmware that runs: lines, interrupts, stack, registers, a debugger."""
