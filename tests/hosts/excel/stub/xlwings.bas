Option Explicit

Private server As Object

Public Function XLPy() As Object
    If server Is Nothing Then Set server = New StubServer
    Set XLPy = server
End Function
