# sigap_tests(LIBRARY FOLDER): every FOLDER/test_*.c is one cmocka program, linked with LIBRARY and the
# fixture (tests/fixture: a daemon in a bottle), run by ctest.
function(sigap_tests library folder)
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/test_*.c)
    foreach(source ${sources})
        get_filename_component(name ${source} NAME_WE)
        set(target ${library}_${name})
        add_executable(${target} ${source})
        target_link_libraries(${target} PRIVATE ${library} sigap_fixture PkgConfig::CMOCKA)
        target_compile_definitions(${target} PRIVATE SIGAP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
        set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
        add_test(NAME ${target} COMMAND ${target})
        set_tests_properties(${target} PROPERTIES TIMEOUT 300 LABELS unit)
    endforeach()
endfunction()

# sigap_about(LIBRARY NAME): tests that are the same for every daemon: what it hears against proto/README.md and the
# links of the site, and how its statements are carried out.
function(sigap_about library name)
    foreach(source proto/contract store/plans)
        get_filename_component(what ${source} NAME)
        set(target ${library}_${what})
        add_executable(${target} ${CMAKE_SOURCE_DIR}/tests/${source}.c)
        target_link_libraries(${target} PRIVATE ${library} PkgConfig::CMOCKA)
        target_compile_definitions(${target} PRIVATE DAEMON=${name}_daemon SIGAP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
        set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
        add_test(NAME ${target} COMMAND ${target})
        set_tests_properties(${target} PROPERTIES TIMEOUT 60 LABELS unit)
    endforeach()
endfunction()

# sigap_sql(LIBRARY FOLDER): turns FOLDER/statements.sql and FOLDER/NNNN_*.sql (migrations) into C:
# an enum of statement names and the texts, see embed_sql.cmake.
function(sigap_sql library name folder)
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.sql)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}_sql)
    add_custom_command(OUTPUT ${out}.c ${out}.h
        COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DFOLDER=${folder} -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/common/embed_sql.cmake
        DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/common/embed_sql.cmake VERBATIM)
    target_sources(${library} PRIVATE ${out}.c ${out}.h)
    target_include_directories(${library} PUBLIC ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# sigap_service(NAME): the folder becomes a library sigap_NAME (all .c but main.c), a program sigap-NAME (main.c),
# its statements and its tests.
function(sigap_service name)
    set(library sigap_${name})
    file(GLOB sources CONFIGURE_DEPENDS *.c)
    list(FILTER sources EXCLUDE REGEX "/main\\.c$")
    add_library(${library} STATIC ${sources})
    target_include_directories(${library} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${library} PUBLIC sigap_common)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/sql/statements.sql)
        sigap_sql(${library} ${name} ${CMAKE_CURRENT_SOURCE_DIR}/sql)
    endif()
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/main.c)
        set(program sigap-${name})
        if(name STREQUAL "ctl")
            set(program sigapctl)
        endif()
        add_executable(${program} main.c)
        target_link_libraries(${program} PRIVATE ${library})
        add_dependencies(programs ${program})
        if(NOT name STREQUAL "ctl")
            set_property(GLOBAL APPEND PROPERTY SIGAP_DAEMONS ${name}) # for the simulator and the faults
        endif()
    endif()
    sigap_tests(${library} ${CMAKE_CURRENT_SOURCE_DIR}/tests)
    if(NOT name STREQUAL "ctl")
        sigap_about(${library} ${name})
    endif()
endfunction()
