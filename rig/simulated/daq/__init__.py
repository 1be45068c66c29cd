"""A simulated DAQ card: tasks, clocks, buffers, triggers and errors of NI-DAQmx as plain Python, in front of a lab.

`card` knows neither nidaqmx nor gRPC; `handlers` is the table of remote calls, which `in_process` serves to the nidaqmx
client of this process and a server over gRPC to any other.
"""
