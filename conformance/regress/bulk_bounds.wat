;; Bulk operators pay for their length before they look at bounds; one that traps has written nothing.
(module
  (memory 1)
  (table 4 funcref)
  (elem $e func 0 0 0)
  (func (export "fill") (param i32 i32)
    local.get 0
    i32.const 255
    local.get 1
    memory.fill)
  (func (export "copy") (param i32 i32 i32)
    local.get 0
    local.get 1
    local.get 2
    memory.copy)
  (func (export "init") (param i32 i32)
    i32.const 0
    local.get 0
    local.get 1
    table.init $e)
  (func (export "byte") (param i32) (result i32)
    local.get 0
    i32.load8_u)
  (func (export "is_null") (result i32)
    i32.const 0
    table.get 0
    ref.is_null))
;; expect lockstep-1: fill(0, 100) => [], gas 132
;; expect lockstep-1: fill(65535, 2) => trap memory_out_of_bounds, gas 33
;; expect lockstep-1: fill(65535, 2) byte(65535) => [i32:0], gas 14
;; expect lockstep-1: fill(0, 4294967295) => trap memory_out_of_bounds, gas 4294967326
;; expect lockstep-1 limit 1000: fill(0, 4294967295) => trap out_of_gas, gas 1000
;; expect lockstep-1 limit 100: fill(65535, 90) => trap out_of_gas, gas 100
;; expect lockstep-1: fill(65536, 0) => [], gas 32
;; expect lockstep-1: fill(65537, 0) => trap memory_out_of_bounds, gas 31
;; expect lockstep-1: copy(0, 65535, 2) => trap memory_out_of_bounds, gas 33
;; expect lockstep-1: copy(65535, 0, 2) => trap memory_out_of_bounds, gas 33
;; expect lockstep-1: init(0, 3) => [], gas 46
;; expect lockstep-1: init(1, 3) => trap table_out_of_bounds, gas 45
;; expect lockstep-1: init(1, 3) is_null() => [i32:1], gas 18
;; expect cosmwasm-3.0.8: fill(65535, 2) => trap memory_out_of_bounds, gas 0
;; expect cosmwasm-3.0.8: fill(0, 65536) => [], gas 2070
