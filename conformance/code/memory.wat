;; Loads and stores with short and long offsets, size and growth; growth pays for its pages before it is tried.
(module
  (memory 1 4)
  (func (export "copy") (param i32)
    local.get 0
    local.get 0
    i32.load offset=65535
    i32.store offset=65536
    local.get 0
    f64.const 0.5
    f64.store offset=4
    i32.const 8
    local.get 0
    i64.load8_s
    i64.store16)
  (func (export "grow") (param i32) (result i32)
    local.get 0
    memory.grow
    memory.size
    i32.add))
;; == lockstep-1
;; function 0: params 1, locals 0, results 0, window 3, cost 7
;;   0: charge 35 checked
;;   1: i32.load s2, [s0 + 65535]
;;   2: i32.store [s0 + 65536], s2
;;   4: const_word s2, 4602678819172646912
;;   6: f64.store [s0 + 4], s2
;;   7: i64.load8_s s2, [s0 + 0]
;;   8: const_u32 s1, 8
;;   9: i64.store16 [s1 + 0], s2
;;   10: return
;; function 1: params 1, locals 0, results 1, window 3, cost 7
;;   0: charge 109 checked
;;   1: charge_units s0 * 4096
;;   3: memory.grow s1, s0
;;   4: charge 5 checked
;;   5: memory.size s2, 0
;;   6: i32.add s1, s1, s2
;;   7: return s1
;; == cosmwasm-3.0.8
;; function 0: params 1, locals 0, results 0, window 3, cost 7
;;   0: i32.load s2, [s0 + 65535]
;;   1: i32.store [s0 + 65536], s2
;;   3: const_word s2, 4602678819172646912
;;   5: f64.store [s0 + 4], s2
;;   6: i64.load8_s s2, [s0 + 0]
;;   7: const_u32 s1, 8
;;   8: i64.store16 [s1 + 0], s2
;;   9: charge 2875 checked
;;   10: return
;; function 1: params 1, locals 0, results 1, window 3, cost 7
;;   0: charge 0 checked
;;   1: memory.grow s1, s0
;;   2: memory.size s2, 0
;;   3: i32.add s1, s1, s2
;;   4: charge 2070 checked
;;   5: return s1
