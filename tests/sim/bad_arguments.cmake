# Each of these has to end PROGRAM with exit code 2 and a word on stderr, before it has run a seed.
set(cases
  ""
  "--seed -1"
  "--seed 1 --sites -1"
  "--seed 1 --campaigns 0"
  "--seed 1 --triggers 1000"
  "--seed 1 --faults crash,typo"
  "--seed 1 --seeds 5"
  "--seed 1 --from 2"
  "--seeds -1"
  "--seeds 1.5"
  "--seeds 5 --trace"
  "--seeds 5 --sites 2"
  "--seconds nan"
  "--seconds 0"
  "--mutants --bug typo"
  "--mutants --full"
  "--diagram --all-marks")
foreach(arguments IN LISTS cases)
  separate_arguments(list UNIX_COMMAND "${arguments}")
  execute_process(COMMAND ${PROGRAM} ${list} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE why TIMEOUT 10)
  if(NOT code EQUAL 2 OR why STREQUAL "" OR NOT said STREQUAL "")
    message(SEND_ERROR "'${arguments}' ended with ${code} instead of 2: ${said}${why}")
  endif()
endforeach()
