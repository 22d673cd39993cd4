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
;; == x64
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov rbx, rax
;; 0: charge 35 checked                         | 0018  sub r13, 0x23  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: i32.load s2, [s0 + 65535]                 | 0023  mov eax, dword ptr [r14 + rbx + 0xffff]
;; 2: i32.store [s0 + 65536], s2                | 002b  mov dword ptr [r14 + rbx + 0x10000], eax
;; 4: const_word s2, 4602678819172646912        | 0033  movabs rax, 0x3fe0000000000000
;; 6: f64.store [s0 + 4], s2                    | 003d  mov qword ptr [r14 + rbx + 4], rax
;; 7: i64.load8_s s2, [s0 + 0]                  | 0042  movsx rax, byte ptr [r14 + rbx]
;; 8: const_u32 s1, 8                           | 0047  mov edx, 8
;; 9: i64.store16 [s1 + 0], s2                  | 004c  mov word ptr [r14 + rdx], ax
;; 10: return                                   | 0051  add dword ptr [r15 + 8], 7
;;                                              | 0056  ret
;; function 1
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;; 0: charge 109 checked                        | 0015  sub r13, 0x6d  ; gas
;;                                              | 0019  jns 0020
;;                                              | 001b  call refill
;; 1: charge_units s0 * 4096                    | 0020  mov qword ptr [rbp - 0x80], rax
;;                                              | 0024  mov ecx, 0xc
;;                                              | 0029  call slow
;; 3: memory.grow s1, s0                        | 002e  mov ecx, 0xe
;;                                              | 0033  call slow
;; 4: charge 5 checked                          | 0038  sub r13, 5  ; gas
;;                                              | 003c  jns 0043
;;                                              | 003e  call refill
;; 5: memory.size s2, 0                         | 0043  mov rax, qword ptr [r15 + 0x20]
;;                                              | 0047  mov rax, qword ptr [rax + 8]
;;                                              | 004b  shr rax, 0x10
;; 6: i32.add s1, s1, s2                        | 004f  mov rdx, qword ptr [rbp - 0x78]
;;                                              | 0053  add edx, eax
;; 7: return s1                                 | 0055  mov rax, rdx
;;                                              | 0058  add dword ptr [r15 + 8], 7
;;                                              | 005d  ret
;; == x64 explicit
;; function 0
;; (entry)                                      | 0000  cmp rsp, qword ptr [r15 + 0x10]
;;                                              | 0004  jb trap stack_overflow
;;                                              | 000a  sub dword ptr [r15 + 8], 7
;;                                              | 000f  jb trap stack_overflow
;;                                              | 0015  mov r12, rax
;; 0: charge 35 checked                         | 0018  sub r13, 0x23  ; gas
;;                                              | 001c  jns 0023
;;                                              | 001e  call refill
;; 1: i32.load s2, [s0 + 65535]                 | 0023  lea rcx, [r12 + 0x10003]
;;                                              | 002b  cmp rcx, qword ptr [rbx + 8]
;;                                              | 002f  ja 00a7
;;                                              | 0035  mov eax, dword ptr [r14 + r12 + 0xffff]
;; 2: i32.store [s0 + 65536], s2                | 003d  lea rcx, [r12 + 0x10004]
;;                                              | 0045  cmp rcx, qword ptr [rbx + 8]
;;                                              | 0049  ja 00ac
;;                                              | 004f  mov dword ptr [r14 + r12 + 0x10000], eax
;; 4: const_word s2, 4602678819172646912        | 0057  movabs rax, 0x3fe0000000000000
;; 6: f64.store [s0 + 4], s2                    | 0061  lea rcx, [r12 + 0xc]
;;                                              | 0066  cmp rcx, qword ptr [rbx + 8]
;;                                              | 006a  ja 00b1
;;                                              | 0070  mov qword ptr [r14 + r12 + 4], rax
;; 7: i64.load8_s s2, [s0 + 0]                  | 0075  lea rcx, [r12 + 1]
;;                                              | 007a  cmp rcx, qword ptr [rbx + 8]
;;                                              | 007e  ja 00b6
;;                                              | 0084  movsx rax, byte ptr [r14 + r12]
;; 8: const_u32 s1, 8                           | 0089  mov edx, 8
;; 9: i64.store16 [s1 + 0], s2                  | 008e  lea rcx, [rdx + 2]
;;                                              | 0092  cmp rcx, qword ptr [rbx + 8]
;;                                              | 0096  ja 00bb
;;                                              | 009c  mov word ptr [r14 + rdx], ax
;; 10: return                                   | 00a1  add dword ptr [r15 + 8], 7
;;                                              | 00a6  ret
;; (of 1)                                       | 00a7  call trap memory_out_of_bounds
;; (of 2)                                       | 00ac  call trap memory_out_of_bounds
;; (of 6)                                       | 00b1  call trap memory_out_of_bounds
;; (of 7)                                       | 00b6  call trap memory_out_of_bounds
;; (of 9)                                       | 00bb  call trap memory_out_of_bounds
;; function 1
;; (entry)
;; == a64
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #7
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;;                                              | 0020  mov x15, x0
;; 0: charge 35 checked                         | 0024  subs x21, x21, #0x23  ; gas
;;                                              | 0028  b.pl 0030
;;                                              | 002c  bl refill
;; 1: i32.load s2, [s0 + 65535]                 | 0030  add x16, x15, #0xf, lsl #12
;;                                              | 0034  add x16, x16, #0xfff
;;                                              | 0038  ldr w0, [x20, x16]
;; 2: i32.store [s0 + 65536], s2                | 003c  add x16, x15, #0x10, lsl #12
;;                                              | 0040  add x16, x20, x16
;;                                              | 0044  ldrb wzr, [x16, #3]
;;                                              | 0048  str w0, [x16]
;; 4: const_word s2, 4602678819172646912        | 004c  movz x0, #0x3fe0, lsl #48
;; 6: f64.store [s0 + 4], s2                    | 0050  add x16, x20, x15
;;                                              | 0054  ldrb wzr, [x16, #0xb]
;;                                              | 0058  stur x0, [x16, #4]
;; 7: i64.load8_s s2, [s0 + 0]                  | 005c  ldrsb x0, [x20, x15]
;; 8: const_u32 s1, 8                           | 0060  movz w1, #0x8
;; 9: i64.store16 [s1 + 0], s2                  | 0064  add x16, x20, x1
;;                                              | 0068  ldrb wzr, [x16, #1]
;;                                              | 006c  strh w0, [x16]
;; 10: return                                   | 0070  ldr w17, [x19, #8]
;;                                              | 0074  add w17, w17, #7
;;                                              | 0078  str w17, [x19, #8]
;;                                              | 007c  ldr x30, [x23], #8
;;                                              | 0080  ret
;; function 1
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #7
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 109 checked                        | 0020  subs x21, x21, #0x6d  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: charge_units s0 * 4096                    | 002c  str x0, [x22]
;;                                              | 0030  movz w16, #0xc
;;                                              | 0034  bl slow
;; 3: memory.grow s1, s0                        | 0038  movz w16, #0xe
;;                                              | 003c  bl slow
;; 4: charge 5 checked                          | 0040  subs x21, x21, #5  ; gas
;;                                              | 0044  b.pl 004c
;;                                              | 0048  bl refill
;; 5: memory.size s2, 0                         | 004c  ldr x0, [x19, #0x20]
;;                                              | 0050  ldr x0, [x0, #8]
;;                                              | 0054  lsr x0, x0, #0x10
;; 6: i32.add s1, s1, s2                        | 0058  ldr x1, [x22, #8]
;;                                              | 005c  add w1, w1, w0
;; 7: return s1                                 | 0060  mov x0, x1
;;                                              | 0064  ldr w17, [x19, #8]
;;                                              | 0068  add w17, w17, #7
;;                                              | 006c  str w17, [x19, #8]
;;                                              | 0070  ldr x30, [x23], #8
;;                                              | 0074  ret
;; == a64 explicit
;; function 0
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #7
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;;                                              | 0020  mov x15, x0
;; 0: charge 35 checked                         | 0024  subs x21, x21, #0x23  ; gas
;;                                              | 0028  b.pl 0030
;;                                              | 002c  bl refill
;; 1: i32.load s2, [s0 + 65535]                 | 0030  add x16, x15, #0x10, lsl #12
;;                                              | 0034  add x16, x16, #3
;;                                              | 0038  ldr x17, [x24, #8]
;;                                              | 003c  cmp x16, x17
;;                                              | 0040  b.hi 00c8
;;                                              | 0044  add x16, x15, #0xf, lsl #12
;;                                              | 0048  add x16, x16, #0xfff
;;                                              | 004c  ldr w0, [x20, x16]
;; 2: i32.store [s0 + 65536], s2                | 0050  add x16, x15, #0x10, lsl #12
;;                                              | 0054  add x16, x16, #4
;;                                              | 0058  ldr x17, [x24, #8]
;;                                              | 005c  cmp x16, x17
;;                                              | 0060  b.hi 00cc
;;                                              | 0064  add x16, x15, #0x10, lsl #12
;;                                              | 0068  str w0, [x20, x16]
;; 4: const_word s2, 4602678819172646912        | 006c  movz x0, #0x3fe0, lsl #48
;; 6: f64.store [s0 + 4], s2                    | 0070  add x16, x15, #0xc
;;                                              | 0074  ldr x17, [x24, #8]
;;                                              | 0078  cmp x16, x17
;;                                              | 007c  b.hi 00d0
;;                                              | 0080  add x16, x15, #4
;;                                              | 0084  str x0, [x20, x16]
;; 7: i64.load8_s s2, [s0 + 0]                  | 0088  add x16, x15, #1
;;                                              | 008c  ldr x17, [x24, #8]
;;                                              | 0090  cmp x16, x17
;;                                              | 0094  b.hi 00d4
;;                                              | 0098  ldrsb x0, [x20, x15]
;; 8: const_u32 s1, 8                           | 009c  movz w1, #0x8
;; 9: i64.store16 [s1 + 0], s2                  | 00a0  add x16, x1, #2
;;                                              | 00a4  ldr x17, [x24, #8]
;;                                              | 00a8  cmp x16, x17
;;                                              | 00ac  b.hi 00d8
;;                                              | 00b0  strh w0, [x20, x1]
;; 10: return                                   | 00b4  ldr w17, [x19, #8]
;;                                              | 00b8  add w17, w17, #7
;;                                              | 00bc  str w17, [x19, #8]
;;                                              | 00c0  ldr x30, [x23], #8
;;                                              | 00c4  ret
;; (of 1)                                       | 00c8  bl trap memory_out_of_bounds
;; (of 2)                                       | 00cc  bl trap memory_out_of_bounds
;; (of 6)                                       | 00d0  bl trap memory_out_of_bounds
;; (of 7)                                       | 00d4  bl trap memory_out_of_bounds
;; (of 9)                                       | 00d8  bl trap memory_out_of_bounds
;; function 1
;; (entry)                                      | 0000  str x30, [x23, #-8]!
;;                                              | 0004  ldr x16, [x19, #0x10]
;;                                              | 0008  cmp x23, x16
;;                                              | 000c  b.lo trap stack_overflow
;;                                              | 0010  ldr w16, [x19, #8]
;;                                              | 0014  subs w16, w16, #7
;;                                              | 0018  str w16, [x19, #8]
;;                                              | 001c  b.lo trap stack_overflow
;; 0: charge 109 checked                        | 0020  subs x21, x21, #0x6d  ; gas
;;                                              | 0024  b.pl 002c
;;                                              | 0028  bl refill
;; 1: charge_units s0 * 4096                    | 002c  str x0, [x22]
;;                                              | 0030  movz w16, #0xc
;;                                              | 0034  bl slow
;; 3: memory.grow s1, s0                        | 0038  movz w16, #0xe
;;                                              | 003c  bl slow
;; 4: charge 5 checked                          | 0040  subs x21, x21, #5  ; gas
;;                                              | 0044  b.pl 004c
;;                                              | 0048  bl refill
;; 5: memory.size s2, 0                         | 004c  ldr x0, [x19, #0x20]
;;                                              | 0050  ldr x0, [x0, #8]
;;                                              | 0054  lsr x0, x0, #0x10
;; 6: i32.add s1, s1, s2                        | 0058  ldr x1, [x22, #8]
;;                                              | 005c  add w1, w1, w0
;; 7: return s1                                 | 0060  mov x0, x1
;;                                              | 0064  ldr w17, [x19, #8]
;;                                              | 0068  add w17, w17, #7
;;                                              | 006c  str w17, [x19, #8]
;;                                              | 0070  ldr x30, [x23], #8
;;                                              | 0074  ret
