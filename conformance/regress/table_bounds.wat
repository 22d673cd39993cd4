;; table.fill, copy, init, get, set and grow at and beyond the bounds, with sums that wrap in 32 bits (CVE-2026-34946: Winch
;; panicked in table.fill); what traps has written nothing, and elements that growing adds are what it says.
(module
  (table $t 10 20 funcref)
  (table $u 4 funcref)
  (elem $e func $f $f $f)
  (func $f)
  (func (export "fill") (param i32 i32) (table.fill $t (local.get 0) (ref.func $f) (local.get 1)))
  (func (export "copy") (param i32 i32 i32) (table.copy $u $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "within") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (table.init $u $e (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (elem.drop $e))
  (func (export "set") (param i32) (table.set $t (local.get 0) (ref.func $f)))
  (func (export "get") (param i32) (result i32) (i32.eqz (ref.is_null (table.get $t (local.get 0)))))
  (func (export "get_u") (param i32) (result i32) (i32.eqz (ref.is_null (table.get $u (local.get 0)))))
  (func (export "grow_null") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
  (func (export "grow") (param i32) (result i32) (table.grow $t (ref.func $f) (local.get 0)))
  (func (export "size") (result i32) (table.size $t)))
;; expect lockstep-1: fill(0, 10) get(9) => [i32:1], gas 20
;; expect lockstep-1: fill(10, 0) size() => [i32:10], gas 11
;; expect lockstep-1: fill(11, 0) => trap table_out_of_bounds, gas 24
;; expect lockstep-1: fill(9, 2) => trap table_out_of_bounds, gas 40
;; expect lockstep-1: fill(9, 2) get(9) => [i32:0], gas 20
;; expect lockstep-1: fill(4294967295, 2) => trap table_out_of_bounds, gas 40
;; expect lockstep-1: fill(4294967295, 1) => trap table_out_of_bounds, gas 32
;; expect lockstep-1: fill(2, 2147483648) => trap table_out_of_bounds, gas 17179869208
;; expect lockstep-1: set(9) copy(3, 9, 1) get_u(3) => [i32:1], gas 20
;; expect lockstep-1: copy(4, 10, 0) => [], gas 22
;; expect lockstep-1: copy(5, 0, 0) => trap table_out_of_bounds, gas 21
;; expect lockstep-1: copy(4, 0, 1) => trap table_out_of_bounds, gas 29
;; expect lockstep-1: copy(0, 7, 4) => trap table_out_of_bounds, gas 53
;; expect lockstep-1: copy(4294967295, 0, 1) => trap table_out_of_bounds, gas 29
;; expect lockstep-1: copy(0, 4294967295, 2) => trap table_out_of_bounds, gas 37
;; expect lockstep-1: set(0) within(1, 0, 9) get(1) => [i32:1], gas 20
;; expect lockstep-1: set(0) within(1, 0, 9) get(2) => [i32:0], gas 20
;; expect lockstep-1: set(9) within(0, 1, 9) get(8) => [i32:1], gas 20
;; expect lockstep-1: within(1, 0, 10) => trap table_out_of_bounds, gas 101
;; expect lockstep-1: init(1, 0, 3) get_u(3) => [i32:1], gas 20
;; expect lockstep-1: init(2, 0, 3) => trap table_out_of_bounds, gas 45
;; expect lockstep-1: init(2, 0, 3) get_u(2) => [i32:0], gas 20
;; expect lockstep-1: init(0, 1, 3) => trap table_out_of_bounds, gas 45
;; expect lockstep-1: init(0, 3, 0) => [], gas 22
;; expect lockstep-1: init(0, 4, 0) => trap table_out_of_bounds, gas 21
;; expect lockstep-1: drop() init(0, 0, 0) => [], gas 22
;; expect lockstep-1: drop() init(0, 0, 1) => trap table_out_of_bounds, gas 29
;; expect lockstep-1: init(4294967295, 0, 1) => trap table_out_of_bounds, gas 29
;; expect lockstep-1: set(10) => trap table_out_of_bounds, gas 20
;; expect lockstep-1: set(4294967295) => trap table_out_of_bounds, gas 20
;; expect lockstep-1: get(10) => trap table_out_of_bounds, gas 20
;; expect lockstep-1: grow_null(1) get(10) => [i32:0], gas 20
;; expect lockstep-1: grow(10) get(19) => [i32:1], gas 20
;; expect lockstep-1: grow(10) get(9) => [i32:0], gas 20
;; expect lockstep-1: grow(10) get(20) => trap table_out_of_bounds, gas 20
;; expect lockstep-1: grow(11) => [i32:4294967295], gas 112
;; expect lockstep-1: grow(11) size() => [i32:10], gas 11
;; expect lockstep-1: grow(4294967295) => [i32:4294967295], gas 34359738384
;; expect lockstep-1: grow(0) => [i32:10], gas 24
