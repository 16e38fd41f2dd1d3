Option Explicit

Private server As Object

Public Function GetConfig(ByVal setting As String, ByVal otherwise As String) As Variant
    GetConfig = "C:\python.exe"
End Function

Public Function XLPy() As Object
    If server Is Nothing Then Set server = New StubServer
    Set XLPy = server
End Function
